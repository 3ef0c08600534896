import { monthly, table } from './formats.js';
import { kindTitle } from './operations.js';

interface Planned {
  readonly action: 'create' | 'change' | 'delete';
  readonly kind: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly detail?: string | undefined;
  readonly isTemporary?: true;
  readonly monthlyUsd: number | undefined;
}

/** Lines of a dry run: every change, and their effect on the costs. */
export function planLines(plan: {
  readonly changes: readonly Planned[];
  readonly monthlyUsd: number | undefined;
}): readonly string[] {
  const { changes, monthlyUsd } = plan;
  if (changes.length === 0) return ['Dry run: there is nothing to change.'];
  return [
    'Dry run, nothing is changed. Without --dry-run this would:',
    ...table(changes.map(row)).map((line) => `  ${line}`.trimEnd()),
    costText(monthlyUsd),
  ];
}

function row({ action, kind, id, name, detail, isTemporary, monthlyUsd }: Planned): string[] {
  const isNumber = /^\d+$/.test(id ?? '');
  const what = [
    kindTitle(kind),
    name ?? id,
    name !== undefined && isNumber ? `(${id})` : undefined,
  ];
  const facts = [detail, isTemporary === true ? 'removed again at the end' : undefined];
  return [
    action,
    what.filter((each) => each !== undefined).join(' '),
    facts.filter((each) => each !== undefined).join(', '),
    monthlyUsd === 0 ? '' : changeText(monthlyUsd),
  ];
}

/** `+$4/month`, `-$4/month` */
function changeText(usd: number | undefined): string {
  if (usd === undefined) return 'price unknown';
  return `${usd < 0 ? '-' : '+'}${monthly(Math.abs(usd))}`;
}

function costText(usd: number | undefined): string {
  if (usd === undefined) return 'Costs: unknown, because DigitalOcean did not give every price.';
  if (usd === 0) return 'Costs: unchanged.';
  return `Costs: ${monthly(Math.abs(usd))} ${usd < 0 ? 'less' : 'more'}.`;
}
