// Live pages. An element with data-listen names a stream of server-sent events; on each "changed" the page fetches its own
// address again and swaps the regions marked data-live (found by id), keeping focus and scroll. A region with data-settle="true"
// has something under way (a message to the source): the page looks again a few times until it is done.
const listener = document.querySelector("[data-listen]");
const announcer = document.querySelector("[data-announce]");
let source = null;
let connected = false;
let missed = false;
let timer = 0;
let busy = false;
let again = false;

function showConnection() {
  for (const element of document.querySelectorAll("[data-live-state]")) {
    element.hidden = element.dataset.liveState !== (connected ? "on" : "off");
  }
}

function announce(text) {
  if (announcer && text && announcer.textContent !== text) announcer.textContent = text;
}

function swap(fresh) {
  const focused = document.activeElement?.closest("[data-live] [data-key]");
  const key = focused?.dataset.key;
  const keys = () => [...document.querySelectorAll("[data-live] .row-link")];
  const before = keys();
  const known = new Set(before.map((link) => link.dataset.key));
  const position = before.indexOf(focused);
  const anchor = before.find((link) => link.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;

  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (!next) continue;
    // What a person opened stays open, and is no difference.
    for (const open of region.querySelectorAll("details[open][id]")) {
      next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    }
    if (next.innerHTML === region.innerHTML) continue;
    region.replaceChildren(...document.adoptNode(next).childNodes);
    region.dataset.settle = next.dataset.settle ?? "";
    const text = next.dataset.announcement;
    if (text && text !== region.dataset.announcement) announce(text);
    if (text) region.dataset.announcement = text;
  }
  showConnection();

  const after = keys();
  if (known.size > 0) {
    for (const link of after) {
      if (!known.has(link.dataset.key)) link.closest(".row").classList.add("arrived");
    }
  }
  if (anchor && scrollY > 0) {
    const kept = after.find((link) => link.dataset.key === anchor.dataset.key);
    if (kept) scrollBy(0, kept.getBoundingClientRect().top - top);
  }
  if (key) {
    const same = document.querySelector(`[data-live] [data-key="${CSS.escape(key)}"]`);
    const target = same ?? after[Math.min(position, after.length - 1)];
    target?.focus({ preventScroll: true });
  }
}

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) {
      location.reload();
    } else if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      swap(fresh);
    }
  } catch {
    // The connection's own state says it; the next event or minute tries again.
  } finally {
    busy = false;
    if (again) {
      again = false;
      soon();
    }
  }
}

function soon() {
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    refresh();
  }, 100);
}

function connect() {
  if (source || document.hidden) return;
  source = new EventSource(listener.dataset.listen);
  source.addEventListener("changed", soon);
  source.onopen = () => {
    if (missed) soon();
    missed = false;
    connected = true;
    showConnection();
  };
  source.onerror = () => {
    connected = false;
    missed = true;
    showConnection();
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(connect, 5000);
    }
  };
}

// A hidden tab holds no connection (browsers allow few to one host); it catches up when it is shown.
function disconnect() {
  source?.close();
  source = null;
  connected = false;
  missed = true;
}

// The ages in a list, kept current without asking the server: < 1 min, 5 h, from 48 hours on 2 d.
function age() {
  for (const table of document.querySelectorAll("[data-units]")) {
    const [minute, hour, day] = table.dataset.units.split(" ");
    for (const time of table.querySelectorAll("[data-age]")) {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      time.textContent =
        minutes < 1 ? `<\u00A01\u00A0${minute}`
        : minutes < 60 ? `${minutes}\u00A0${minute}`
        : minutes < 2880 ? `${Math.floor(minutes / 60)}\u00A0${hour}`
        : `${Math.floor(minutes / 1440)}\u00A0${day}`;
    }
  }
}

function settle(waits) {
  const [wait, ...later] = waits;
  if (!wait || !document.querySelector('[data-settle="true"]')) return;
  setTimeout(async () => {
    await refresh();
    settle(later);
  }, wait);
}

if (listener) {
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  setInterval(age, 30000);
  connect();
}
settle([1000, 2000, 4000, 8000, 16000]);
