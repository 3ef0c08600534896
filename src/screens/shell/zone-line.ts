import { zoneOf } from '../../app/labels.js';
import type { ChoiceLineData } from '../../widgets/choice-line.js';

/** Choice of no domain of the accounts. */
const NO_ZONE = '';

/** Domains of the accounts, from which a field above is filled. `none`: text of the choice that is not one of them. */
export function zoneLine(zones: readonly string[], domain: string, none: string): ChoiceLineData {
  return {
    label: 'Zone',
    choices: [{ id: NO_ZONE, text: none }, ...zones.map((name) => ({ id: name, text: name }))],
    chosen: zoneOf(domain, zones) ?? NO_ZONE,
  };
}

/** Domain that a choice of the line fills in for a server. */
export function domainIn(zone: string, label: string): string {
  return zone === NO_ZONE ? '' : `${label}.${zone}`;
}
