import { SET_UP_STEPS, type SetUpDraft, type SetUpLogin } from '../../app/form-state.js';
import type { SetUpSecrets } from '../../app/actions/context.js';
import { chosenRecord, whyNotSubmit } from '../../app/actions/set-up.js';
import { findServer } from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import { domainProblem, emailProblem, panelAddress } from '../../core/domain.js';
import type { DnsLook, InstallTask } from '../../services/panel/set-up-facts.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import type { ChoiceLineData } from '../../widgets/choice-line.js';
import type { FieldData } from '../../widgets/field.js';
import type { Size } from '../../widgets/layout.js';
import { elapsedSince, glyph, join, link, style, type Text, width } from '../../widgets/markup.js';
import type { PanelData } from '../../widgets/panel.js';
import type { Step, StepsData } from '../../widgets/steps.js';
import { shortStepper, stepper } from '../../widgets/title-line.js';
import {
  foundText,
  holderOf,
  recordNames,
  ipv6Warning,
  RETRY_NOTE,
} from '../../words/onboarding.js';
import type { QrCode } from '../../words/qr-lines.js';
import { zoneLine } from '../shell/zone-line.js';
import type { ScreenTitle } from '../shell/screen.js';

export interface SetUpUi {
  readonly isAscii: boolean;
  /** The whole screen. */
  readonly size: Size;
  readonly secrets: SetUpSecrets | undefined;
}

export interface SetUpView {
  readonly title: ScreenTitle;
  readonly kind: 'form' | 'work' | 'done';
  readonly buttons: ButtonsData;
  readonly form: SetUpForm;
  /** Record that is copied alone. */
  readonly record: ChoiceLineData;
  readonly panel: PanelData;
  readonly steps: StepsData;
  readonly result: readonly Text[];
  /** Beside the result, where there is room for one. */
  readonly code: QrCode | undefined;
}

export interface SetUpForm {
  /** Label of the server. */
  readonly label: string;
  readonly intro: readonly Text[];
  readonly domain: FieldData;
  /** Domains of the accounts that the field is filled from. */
  readonly zone: ChoiceLineData;
  readonly email: FieldData;
  readonly note: readonly Text[];
}

/** Least columns of the text beside a code, and the rows of title and keys. */
const TEXT_COLUMNS = 34;
const FRAME_ROWS = 2;
const STEP_TITLES = ['Domain', 'DNS', 'Install', 'Done'];

/** Domain, DNS, installation and result of one server's set-up. Pure. */
export function setUpView(state: AppState, serverId: string, ui: SetUpUi): SetUpView {
  const label = findServer(state, serverId)?.label ?? 'Server';
  const draft = state.setUps[serverId];
  const code = codeFor(ui);
  const holder: HolderOf = (found) => holderOf(found, serverId, state.servers.list);
  const at = draft === undefined ? 0 : SET_UP_STEPS.indexOf(draft.step);
  return {
    title: {
      breadcrumb: [label, 'Set up'],
      middle: [stepper(STEP_TITLES, at), shortStepper(STEP_TITLES, at)],
    },
    kind: draft?.isOpen === true ? 'form' : draft?.step === 'done' ? 'done' : 'work',
    buttons: { buttons: draft === undefined ? [] : buttonsOf(draft) },
    form: formOf(label, draft),
    record: recordLine(draft),
    panel: panelOf(label, draft),
    steps: draft === undefined ? { steps: [] } : stepsOf(label, draft, holder),
    result: draft === undefined ? [] : resultLines(label, draft, state, { ...ui, code }),
    code,
  };
}

/** The largest code that fits; undefined where none does. */
function codeFor({ secrets, isAscii, size }: SetUpUi): QrCode | undefined {
  return secrets?.codes.find(
    (code) =>
      code.isAscii === isAscii &&
      code.lines.length <= size.height - FRAME_ROWS &&
      width(code.lines[0] ?? '') <= size.width - TEXT_COLUMNS,
  );
}

function formOf(label: string, draft: SetUpDraft | undefined): SetUpForm {
  const { domain = '', email = '', kept, problem, zones = [] } = draft ?? {};
  const name = domain.trim().toLowerCase();
  const address = email.trim();
  return {
    label,
    zone: zoneLine(zones, name, 'a domain managed elsewhere'),
    intro: [
      `A domain gives ${label} public certificates, a login and tunnels.`,
      style('muted', `Its panel will be at panel.${name === '' ? 'DOMAIN' : name}`),
    ],
    domain: {
      label: 'Domain',
      placeholder: 'lab.example.com',
      problem: name === '' ? undefined : domainProblem(name),
      note: 'A name that points to this server only, as in lab.example.com.',
    },
    email: {
      label: 'E-mail for Let’s Encrypt',
      placeholder: kept === undefined ? 'ops@example.com' : 'as before',
      problem: address === '' ? undefined : emailProblem(address),
      note: 'Let’s Encrypt writes there before a certificate expires.',
    },
    note: [
      ...(problem === undefined ? [] : problemLines(problem)),
      join([
        glyph('warning'),
        ' ',
        style('warn', 'The domain is final once its DNS is verified: you type it again first.'),
      ]),
    ],
  };
}

function recordLine(draft: SetUpDraft | undefined): ChoiceLineData {
  const dns = draft?.step === 'dns' && draft.isBusy ? draft.dns : undefined;
  const names = dns === undefined ? [] : recordNames(dns.domain);
  const choices = names.map((name) => ({ id: name, text: `${name} A ${dns?.address}` }));
  return { label: 'Copy', choices, chosen: draft && chosenRecord(draft) };
}

function panelOf(label: string, draft: SetUpDraft | undefined): PanelData {
  if (draft === undefined || draft.step === 'domain') return { title: 'Set-up' };
  if (draft.step === 'install') return { title: `Installation on ${label}` };
  const { dns, isBusy } = draft;
  const right =
    dns === undefined || !isBusy
      ? undefined
      : style('muted', join(['checked ', elapsedSince(dns.at), ' ago']));
  return { title: join(['DNS records for ', style('strong', draft.domain)]), right };
}

/** Label of another server that one of the addresses is of. */
type HolderOf = (found: readonly string[]) => string | undefined;

function stepsOf(label: string, draft: SetUpDraft, holder: HolderOf): StepsData {
  const { step, isBusy, problem, dns, tasks, since } = draft;
  const failure = problem === undefined ? [] : problemLines(problem);
  if (step === 'dns' && dns !== undefined)
    return {
      steps: dnsSteps(dns, isBusy, holder),
      outcome: isBusy ? dnsWords(dns, since) : failure,
    };
  if (step === 'install') {
    const shown = tasks.map((task) => installStep(task, isBusy));
    const done = tasks.filter(({ status }) => status === 'done').length;
    if (isBusy)
      return {
        steps: shown,
        outcome: [installWords(tasks, since)],
        progress: { done, total: Math.max(1, tasks.length) },
      };
    return { steps: shown, outcome: [...failure, style('muted', RETRY_NOTE)] };
  }
  if (!isBusy) return { steps: [], outcome: failure };
  return { steps: [], outcome: [join([glyph('spinner'), ` Asking the panel of ${label}`])] };
}

function problemLines({
  code,
  message,
  hint,
}: NonNullable<SetUpDraft['problem']>): readonly Text[] {
  const first = join([glyph('failed'), ' ', style('danger', message)]);
  // Its way out is this screen.
  return hint === undefined || code === 'onboarding-failed' ? [first] : [first, hint];
}

/** The two records to make, then the names that get certificates. */
function dnsSteps(
  { domain, names, asksPanel, report }: DnsLook,
  isBusy: boolean,
  holder: HolderOf,
): readonly Step[] {
  const unseen = { isRight: false, said: 'the resolver of the server fails; trying again' };
  const needsWildcard = !names.every(({ isRight }) => isRight);
  const seen = (found: readonly string[], isRight: boolean) => ({
    isRight,
    said: foundText({ found, isRight, holder: holder(found) }),
  });
  const apex = report === undefined ? unseen : seen(report.resolvedIps, report.ok);
  const wildcard =
    report === undefined ? unseen : seen(report.wildcardResolvedIps, report.wildcardOk);
  const records = [
    { name: domain, isSpare: false, ...apex },
    { name: `*.${domain}`, isSpare: !needsWildcard, ...wildcard },
  ];
  const rows = [
    ...(asksPanel ? records : []),
    ...names.map((state) => ({ ...state, isSpare: false, said: foundText(state) })),
  ];
  const widest = Math.max(...rows.map(({ name }) => name.length));
  const unmet = isBusy ? 'running' : 'failed';
  return rows.map(({ name, isRight, isSpare, said }) => ({
    id: name,
    title: join([`${name.padEnd(widest)}  `, isRight ? style('muted', said) : said]),
    state: isRight ? 'done' : isSpare ? 'skipped' : unmet,
  }));
}

function dnsWords({ domain, address, names, report }: DnsLook, since: number): readonly Text[] {
  const warnings = names
    .filter(({ ipv6 }) => (ipv6?.length ?? 0) > 0)
    .map((name) => style('warn', ipv6Warning(name)));
  return [
    join([
      'Create two A records where the domain is managed: ',
      style('strong', domain),
      ' and ',
      style('strong', `*.${domain}`),
      ', both to ',
      style('strong', address),
      ', TTL 300 s. They usually show up within 10 minutes.',
    ]),
    ...(report === undefined || report.ok || report.resolvedIps.length === 0
      ? []
      : [style('muted', report.message ?? '')]),
    ...warnings,
    style('muted', join(['Checked every 5 s, waiting for ', elapsedSince(since)])),
  ];
}

function installStep({ id, title, status, message }: InstallTask, isBusy: boolean): Step {
  const state = status === 'error' ? 'failed' : status === 'running' && !isBusy ? 'failed' : status;
  return { id, title, state, detail: status === 'running' ? message : undefined };
}

function installWords(tasks: readonly InstallTask[], since: number): Text {
  const isOver = tasks.length > 0 && tasks.every(({ status }) => status === 'done');
  const words = isOver ? 'Storing the password' : 'Runs on the server, even if you leave';
  return style('muted', join([words, ', ', elapsedSince(since)]));
}

function resultLines(
  label: string,
  { domain, login }: SetUpDraft,
  { keystore }: AppState,
  { secrets, code }: Pick<SetUpUi, 'secrets'> & { readonly code: QrCode | undefined },
): readonly Text[] {
  if (login === undefined) return [];
  const panel = [
    join([glyph('ok'), ' ', style('ok', `${label} is set up.`)]),
    join(['Panel     ', link(panelAddress(domain))]),
    join(['Login     ', link(`https://auth.${domain}`)]),
  ];
  if (secrets?.password === undefined) return [...panel, style('muted', untoldText(login))];
  const kept =
    keystore.kind === 'session'
      ? style(
          'warn',
          `Stored in ${keystore.title}, which is lost when this program ends: write it down.`,
        )
      : style('muted', `Also stored in ${keystore.title}.`);
  return [
    ...panel,
    join(['User      ', secrets.username]),
    join(['Password  ', style('strong', secrets.password)]),
    kept,
    ...(secrets.isReplaced
      ? [style('muted', 'A new password: the previous one is not known here.')]
      : []),
    ...secondFactorLines(secrets, code),
  ];
}

function untoldText({ password }: SetUpLogin): string {
  return password === 'unknown'
    ? 'Its login was set elsewhere: its password is not known here.'
    : 'Its login was set up before; the password is not shown again.';
}

function secondFactorLines({ totpUri }: SetUpSecrets, code: QrCode | undefined): readonly Text[] {
  if (totpUri === undefined) return [style('muted', 'Its second factor stays the same.')];
  return [
    '',
    code === undefined
      ? 'Second factor, shown once: enter this in an authenticator app, or make the window larger to see a QR code.'
      : 'Second factor, shown once: scan the code with an authenticator app, or enter this there.',
    totpUri,
  ];
}

function buttonsOf(draft: SetUpDraft): ButtonsData['buttons'] {
  const { step, isBusy, isOpen } = draft;
  const later = { id: 'back', label: 'Later' };
  const again = { id: 'set-up.again', label: isBusy ? 'Check now' : 'Retry' };
  if (isOpen)
    return [
      {
        id: 'set-up.submit',
        label: 'Set up',
        disabled: isBusy ? 'One moment…' : whyNotSubmit(draft),
      },
    ];
  if (step === 'done')
    return [
      { id: 'set-up.done', label: 'Done' },
      { id: 'set-up.panel', label: 'Open panel' },
    ];
  if (!isBusy) return [again, later];
  if (step === 'dns') return [{ id: 'set-up.copy', label: 'Copy record' }, again, later];
  return [{ id: 'back', label: step === 'install' ? 'Leave it running' : 'Later' }];
}
