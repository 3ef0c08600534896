import { doubtLines, HOW_TO_COMPARE } from '../../app/actions/certificate-text.js';
import type { PanelInspection } from '../../services/panel/inspect.js';
import type { ServersCommand } from '../servers.js';
import { type Confirmation, isConfirmed } from '../confirm.js';
import { dialogText } from '../dialog-text.js';
import { isFingerprint, notConfirmed } from '../fingerprint.js';
import { createPanelDesk } from '../panel-desk.js';
import { requireFreeLabel } from '../provision.js';
import { say } from '../say.js';
import type { World } from '../world.js';

type Choice = Omit<Extract<ServersCommand, { action: 'add' }>, 'name' | 'action'>;

/** Adds a server that is there already, inactive, once its panel answered. Resolves to the exit code. */
export async function addServer(
  world: World,
  { url, label = '', confirmed }: Choice,
): Promise<number> {
  const { registry } = world;
  if (label !== '') await requireFreeLabel(world, label);
  const panels = createPanelDesk(world);
  const { signal } = new AbortController();
  const labels = (await registry.list()).map((server) => server.label);
  const panel = await panels.inspect(url, { labels, signal });
  const isKnown = panel.trust === 'public' && panel.isPortlama;
  if (!isKnown && !(await isConfirmed(world, confirmation(panel, label, confirmed)))) {
    say(world, 'Nothing was added.');
    return 1;
  }
  const confirmedSha256 = panel.trust === 'confirm' ? panel.certificate.sha256 : undefined;
  const server = await panels.add(panel, { label, confirmedSha256 });
  say(world, `${server.label} is in the list, inactive.`);
  say(world, '  → To watch its health from here, bring its certificate here and run');
  say(world, `    portlama-tui certificate import ${server.label} client.p12`);
  say(world, `  → To make it the active server: portlama-tui servers activate ${server.label}`);
  return 0;
}

function confirmation(
  panel: PanelInspection,
  label: string,
  given: string | undefined,
): Confirmation {
  const words = label === '' ? '' : ` --label ${label}`;
  const { url, certificate, trust } = panel;
  const doubt = doubtLines(panel, `at ${url}`);
  const lines =
    trust === 'public'
      ? [...doubt, `Its certificate is valid; SHA-256 ${certificate.sha256}`]
      : [
          ...doubt,
          `Nobody vouches for the certificate of ${url}. Its SHA-256 fingerprint is:`,
          `  ${certificate.sha256}`,
          ...dialogText(HOW_TO_COMPARE),
        ];
  return {
    lines,
    question: 'Type yes to add it, if it is yours; Enter alone adds nothing: ',
    answer: 'yes',
    given,
    isEnough: (text) => isFingerprint(text, certificate.sha256),
    refusal: () => notConfirmed(lines, `servers add ${url}${words}`, certificate.sha256),
  };
}
