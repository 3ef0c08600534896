import { ENV, PROGRAM } from '../../core/product.js';
import { countText, NO_STRAYS } from '../../app/stray-count.js';
import type { AppState } from '../../app/state.js';
import { Details, type DetailsData } from '../../widgets/details.js';
import { glyph, join, style, type Text } from '../../widgets/markup.js';
import { WidgetOverlay } from '../../widgets/overlay.js';
import type { Capabilities } from '../../widgets/terminal/capabilities.js';
import { bind } from '../shell/bind.js';
import type { Modal, ScreenContext } from '../shell/screen.js';

/** Where things are kept, and what works here. */
export function createDoctor({ terminal }: ScreenContext): Modal {
  const details = new Details(terminal, { scrolls: true });
  const overlay = new WidgetOverlay(terminal, { title: 'Doctor', content: details, maxWidth: 90 });
  const set = bind(details);
  return {
    overlay,
    content: details,
    show: (state) => set(doctorView(state, terminal.capabilities)),
  };
}

/** Its facts. Pure. */
export function doctorView(state: AppState, terminal: Capabilities): DetailsData {
  const { environment, keystore, accountEmail, servers } = state;
  const colours = terminal.colours === 0 ? 'no colours' : `${terminal.colours} colours`;
  return {
    rows: [
      { label: 'Program', value: `${PROGRAM} ${environment.version}` },
      {
        label: 'DigitalOcean',
        value: environment.sandbox
          ? 'the embedded sandbox: nothing costs money, nothing leaves this machine'
          : environment.apiUrl,
      },
      { label: 'Account', value: accountEmail ?? style('muted', 'not asked yet') },
      { label: 'Secrets', value: keystoreLines(state) },
      { label: 'Token', value: tokenText(keystore.tokenOrigin, keystore.title) },
      { label: 'Servers', value: [environment.serversPath, ...problem(servers.error?.message)] },
      { label: 'Droplets', value: dropletLines(state) },
      { label: 'Debug log', value: environment.logPath ?? style('muted', 'none (--log FILE)') },
      {
        label: 'Browser',
        value: environment.hasBrowser ? 'can be opened' : 'none here: addresses are shown instead',
      },
      { label: 'Terminal', value: `${colours}, ${terminal.ascii ? 'ASCII' : 'UTF-8'}` },
    ],
  };
}

/** Strays cost money, so they are counted here as `portlama-tui doctor` counts them. */
function dropletLines({ droplets }: AppState): readonly Text[] {
  if (!droplets.compared) return [style('muted', 'not compared with the list yet')];
  const counted = countText(droplets);
  if (counted === undefined) return [join([glyph('ok'), ' ', NO_STRAYS])];
  return [
    join([glyph('warning'), ' ', style('warn', counted)]),
    ...(droplets.strays.length === 0
      ? []
      : [style('muted', 'In the list of servers A adopts a stray, and d destroys it.')]),
    ...(droplets.gone.length === 0
      ? []
      : [style('muted', 'A server without a droplet comes off the list by d.')]),
  ];
}

function keystoreLines({ keystore }: AppState): readonly Text[] {
  const { error, title, status } = keystore;
  if (status === 'locked') return [join([glyph('warning'), ' ', title, ', which is locked'])];
  if (error === undefined) return [join([glyph('ok'), ' ', title])];
  return [
    join([glyph('failed'), ' ', title]),
    style('danger', error.message),
    ...(error.hint === undefined ? [] : [error.hint]),
  ];
}

function tokenText(origin: AppState['keystore']['tokenOrigin'], title: string): Text {
  switch (origin) {
    case 'store':
      return `saved in ${title}`;
    case 'environment':
      return `of ${ENV.cloudToken}`;
    case 'sandbox':
      return 'the sandbox’s sample';
    case 'none':
      return style('muted', 'none saved');
    case undefined:
      return style('muted', 'not known');
  }
}

function problem(message: string | undefined): readonly Text[] {
  return message === undefined ? [] : [style('danger', message)];
}
