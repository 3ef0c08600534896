import { strayRowId } from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import { monthly } from '../../core/price.js';
import type { Stray } from '../../services/provisioning/droplets/strays.js';
import type { DetailRow } from '../../widgets/details.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import { createdLine, workLines } from './details.view.js';
import { STRAY_SIGN } from './columns.js';

/** Facts about a stray, for the pane beside the list. Pure. */
export function strayDetails(
  { droplet, operationId }: Stray,
  state: AppState,
  now: number,
): readonly DetailRow[] {
  const { id, sizeSlug, regionSlug, publicIpv4, createdAt } = droplet;
  const rows: DetailRow[] = [
    {
      label: 'Status',
      value: [
        ...workLines(strayRowId(id), state),
        join([glyph(STRAY_SIGN[0]), ' ', STRAY_SIGN[1], ': in no list here']),
      ],
    },
    { label: 'Cost', value: style('warn', costText(droplet)) },
    { label: 'Droplet', value: [String(id), `${sizeSlug} · ${droplet.status}`] },
    { label: 'Region', value: regionSlug },
    { label: 'Address', value: publicIpv4 ?? 'none' },
    { label: 'Created', value: createdLine(createdAt, now) },
  ];
  if (operationId !== undefined)
    rows.push({ label: 'Made by', value: `a provisioning, ${operationId}` });
  rows.push({
    label: '',
    value: style('muted', 'Enter takes it into the list, d destroys it.'),
  });
  return rows;
}

/** State of a stray, in two lines. Pure. */
export function strayNote({ droplet }: Stray): readonly Text[] {
  const where = [`Droplet ${droplet.id}`, droplet.regionSlug, droplet.publicIpv4];
  return [
    join([glyph(STRAY_SIGN[0]), ' ', STRAY_SIGN[1], `: in no list here, ${costText(droplet)}`]),
    where.filter((part) => part !== undefined).join(', '),
  ];
}

function costText({ priceMonthlyUsd }: Stray['droplet']): string {
  return priceMonthlyUsd === undefined ? 'costs money' : monthly(priceMonthlyUsd);
}
