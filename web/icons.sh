#!/usr/bin/env bash
# Writes wwwroot/lib/tabler-icons/sprite.svg from an unpacked @tabler/icons package.
# Usage: web/icons.sh path/to/package      (how to get it: docs/decisions/front-end.md)
# To add an icon: add its name below and run again. A name that ends in -filled comes from the filled set.
set -euo pipefail
package=${1:?the folder of the unpacked package}
here=$(cd "$(dirname "$0")" && pwd)/wwwroot/lib/tabler-icons
icons=(
  alert-octagon-filled alert-triangle alert-triangle-filled arrow-forward-up arrow-left arrow-right ban building-hospital
  calendar calendar-check check checks chevron-down chevron-right chevrons-up circle-check circle-dot circle-x clock contrast
  file-text flask hand-stop history inbox info-circle keyboard list logout mail menu-2 message-question minus moon
  copy-check key lock mailbox paperclip phone plug-connected refresh search send sun user user-share x
)
{
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  for icon in "${icons[@]}"; do
    if [[ $icon == *-filled ]]; then file=$package/icons/filled/${icon%-filled}.svg; paint='fill="currentColor"'
    else file=$package/icons/outline/$icon.svg; paint='fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'; fi
    echo "<symbol id=\"$icon\" viewBox=\"0 0 24 24\" $paint>$(sed -n '/^>/,/^<\/svg>/p' "$file" | sed '1d;$d' | grep -v 'M0 0h24v24H0z' | sed 's/^ *//' | tr -d '\n')</symbol>"
  done
  echo '</svg>'
} > "$here/sprite.svg"
cp "$package/LICENSE" "$here/LICENSE"
sed -n 's/.*"version": "\(.*\)".*/@tabler\/icons \1/p' "$package/package.json" > "$here/VERSION"
