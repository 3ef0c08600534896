import { keyOf } from '../../words/keys.js';
import { labelOf, rowOfTeam } from '../../app/server-rows.js';
import type { AppState, TeamState } from '../../app/state.js';
import { AGENT_COMMAND, LOGGED_UNITS, SERVICES } from '../../core/product.js';
import type { PanelService } from '../../services/panel/panel-bodies.js';
import type { Column, ListData, ListRow } from '../../widgets/list.js';
import { glyph, join, link, style, type Text } from '../../widgets/markup.js';
import type { PanelData } from '../../widgets/panel.js';
import { expiryDate } from '../../words/expiry.js';
import { count } from '../../words/formats.js';
import { certificateName, renewalText } from '../../words/status.js';
import { dayText } from '../../words/users.js';
import type { ScreenTitle } from '../shell/screen.js';
import { TABS } from './team.keys.js';

export interface TeamView {
  readonly title: ScreenTitle;
  readonly panel: PanelData;
  readonly list: ListData;
  /** About the row under the cursor, or why there is none. */
  readonly note: readonly Text[];
}

/** The list of a tab, and what can be said of the selected row. Pure. */
export function teamView(
  state: AppState,
  serverId: string,
  selected: string | undefined,
  now: number,
): TeamView {
  const label = labelOf(state, serverId);
  const team: TeamState =
    state.team?.serverId === serverId ? state.team : { serverId, tab: 'tunnels' };
  const { columns, rows, empty } = LISTS[team.tab](team, now);
  const title = TABS.find(({ tab }) => tab === team.tab)!.name;
  return {
    title: { breadcrumb: [label, title] },
    panel: { title: tabLine(team), foot: rows === undefined ? undefined : countOf(team, rows) },
    list: {
      columns,
      rows: rows ?? [],
      header: (rows ?? []).length > 0,
      empty: team.problem === undefined ? (rows === undefined ? 'Asking the panel…' : empty) : '',
    },
    note: team.problem === undefined ? noteOf(team, selected) : problemLines(team.problem),
  };
}

function tabLine({ tab }: TeamState): Text {
  const names = TABS.map((each, index) => {
    const name = `${index + 1} ${each.name}`;
    return each.tab === tab ? style('strong', `[${name}]`) : style('muted', ` ${name} `);
  });
  return join(names);
}

function countOf({ tab }: TeamState, rows: readonly ListRow[]): string {
  const one = tab.slice(0, -1);
  const invited = rows.filter(({ id }) => rowOfTeam(id).kind === 'invitation').length;
  const all = count(rows.length - invited, one);
  return invited === 0 ? all : `${all}, ${invited} invited`;
}

interface Listed {
  readonly columns: readonly Column[];
  /** Undefined until the panel answered. */
  readonly rows: readonly ListRow[] | undefined;
  readonly empty: Text;
}

const content = (title: string, rest: Partial<Column> = {}): Column => ({
  title,
  width: 'content',
  ...rest,
});

const LISTS: Readonly<Record<TeamState['tab'], (team: TeamState, now: number) => Listed>> = {
  tunnels: ({ tunnels }) => ({
    columns: [
      { width: 1 },
      content('TUNNEL', { max: 30 }),
      content('PORT', { align: 'right' }),
      content('STATE'),
      content('ACCESS', { drop: 2 }),
      content('ADDRESS', { min: 20, drop: 3 }),
      content('DESCRIPTION', { min: 12, drop: 1 }),
    ],
    rows: tunnels?.map(({ subdomain, port, enabled, accessMode, fqdn, description }) => ({
      id: `tunnel ${subdomain}`,
      cells: [
        enabled ? style('ok', glyph('online')) : style('muted', glyph('pending')),
        subdomain,
        String(port),
        enabled ? style('ok', 'on') : style('muted', 'off'),
        accessMode ?? '–',
        fqdn ?? '–',
        style('muted', description ?? ''),
      ],
    })),
    empty: `No tunnels yet. Press ${keyOf('team.new')} to create one.`,
  }),
  users: ({ users, invitations }) => ({
    columns: [
      { width: 1 },
      content('USER', { max: 30 }),
      content('STATE'),
      content('E-MAIL', { min: 16, drop: 2 }),
      content('GROUPS', { drop: 1 }),
    ],
    rows:
      users === undefined
        ? undefined
        : [
            ...users.map(({ username, email, groups }) => ({
              id: `user ${username}`,
              cells: [
                style('ok', glyph('online')),
                username,
                'user',
                email ?? '–',
                groups.join(' ') || '–',
              ],
            })),
            ...(invitations ?? []).map(({ username, email, status, expiresAt }) => ({
              id: `invitation ${username}`,
              cells: [
                style('warn', glyph('partial')),
                username,
                style('warn', `invited, ${status ?? 'unknown'}, until ${dayText(expiresAt)}`),
                email ?? '–',
                '',
              ],
            })),
          ],
    empty: `No users. Press ${keyOf('team.new')} to invite one.`,
  }),
  agents: ({ agents }, now) => ({
    columns: [
      { width: 1 },
      content('AGENT', { max: 30 }),
      content('UNTIL'),
      content('BY', { drop: 1 }),
      content('MAY', { min: 12, drop: 2 }),
    ],
    rows: agents?.map(({ label, expiresAt, revoked, enrollmentMethod, capabilities }) => ({
      id: `${revoked ? 'revoked' : 'agent'} ${label}`,
      cells: [
        ...(revoked
          ? [style('muted', glyph('failed')), style('muted', label), style('danger', 'revoked')]
          : [style('ok', glyph('online')), label, untilText(expiresAt, now)]),
        enrollmentMethod ?? '–',
        capabilities.join(' '),
      ],
    })),
    empty: `No agents yet. Press ${keyOf('team.new')} to set one up.`,
  }),
  services: ({ services }) => ({
    columns: [{ width: 1 }, content('SERVICE'), content('STATE'), content('SINCE')],
    rows:
      services === undefined
        ? undefined
        : [...services.map(serviceRow), ...UNLISTED_UNITS.filter(isNoneOf(services)).map(unitRow)],
    empty: 'The panel lists no services.',
  }),
  certificates: ({ certificates }, now) => ({
    columns: [{ width: 1 }, content('CERTIFICATE', { max: 50 }), content('UNTIL')],
    rows: certificates?.map(({ type, domain, expiresAt }) => ({
      id: domain == null ? `authority ${type}` : `certificate ${domain}`,
      cells: [
        style(domain == null ? 'muted' : 'ok', glyph('online')),
        certificateName({ type, domain }),
        untilText(expiresAt, now),
      ],
    })),
    empty: 'The panel lists no certificates.',
  }),
};

/** Units with a log of their own that no panel lists. */
const UNLISTED_UNITS = LOGGED_UNITS.filter(
  (unit) => !(SERVICES as readonly string[]).includes(unit),
);

function isNoneOf(services: readonly PanelService[]): (unit: string) => boolean {
  return (unit) => services.every(({ name }) => name !== unit);
}

function serviceRow({ name, status, uptime }: PanelService): ListRow {
  const isActive = status === 'active';
  const tone = isActive ? 'ok' : 'danger';
  return {
    id: `service ${name}`,
    cells: [
      style(tone, glyph(isActive ? 'online' : 'failed')),
      name,
      style(tone, status),
      uptime ?? '–',
    ],
  };
}

function unitRow(name: string): ListRow {
  return {
    id: `unit ${name}`,
    cells: [
      style('muted', glyph('pending')),
      name,
      style('muted', 'not reported by the panel'),
      '–',
    ],
  };
}

/** `2028-11-19 (723 days)`, in the colour of its nearness; what the panel said where that is no time. */
function untilText(expiresAt: string | undefined, now: number): Text {
  const at = Date.parse(expiresAt ?? '');
  if (Number.isNaN(at)) return dayText(expiresAt);
  const { text, nearness } = expiryDate(at, now);
  if (nearness === 'far') return text;
  return style(nearness === 'soon' ? 'warn' : 'danger', text);
}

function noteOf(team: TeamState, selected: string | undefined): readonly Text[] {
  const { kind, name } = rowOfTeam(selected);
  if (team.tab === 'services') return [style('muted', 'Its log is read over SSH, with your key.')];
  if (team.tab === 'certificates')
    return team.renewsItself === undefined
      ? []
      : [style(team.renewsItself ? 'muted' : 'danger', renewalText(team.renewsItself))];
  if (team.tab === 'agents')
    return [
      style('muted', 'Run on its machine after changing tunnels:'),
      `${AGENT_COMMAND} update`,
    ];
  if (kind === 'tunnel') {
    const tunnel = team.tunnels?.find(({ subdomain }) => subdomain === name);
    if (tunnel === undefined) return [];
    const address = tunnel.fqdn === undefined ? name : link(`https://${tunnel.fqdn}`);
    return [
      join([address, ` ${tunnel.enabled ? 'points' : 'pointed'} to port ${tunnel.port}`]),
      style('muted', `To apply changes, run on the agent’s machine: ${AGENT_COMMAND} update`),
    ];
  }
  if (kind === 'invitation')
    return ['The link was shown once. For a new one, withdraw it and invite again.'];
  return [];
}

function problemLines({ code, message, hint }: NonNullable<TeamState['problem']>): readonly Text[] {
  const isEarly = code === 'after-set-up';
  const first = join([
    glyph(isEarly ? 'warning' : 'failed'),
    ' ',
    style(isEarly ? 'warn' : 'danger', message),
  ]);
  return hint === undefined ? [first] : [first, ...hint.split('\n').slice(0, 1)];
}
