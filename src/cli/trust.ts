import { doubtLines, HOW_TO_COMPARE } from '../app/actions/certificate-text.js';
import { shellWord } from '../core/shell-word.js';
import type { PanelInspection } from '../services/panel/inspect.js';
import type { CertificateFacts } from '../services/panel/pin.js';
import { verdictOn } from '../services/panel/verdict.js';
import { type Confirmation, isConfirmed, type Named } from './confirm.js';
import { dialogText } from './dialog-text.js';
import { findServer } from './find-server.js';
import { isFingerprint, notConfirmed } from './fingerprint.js';
import { createPanelDesk } from './panel-desk.js';
import { say } from './say.js';
import { sayHealth } from './servers/health.js';
import type { World } from './world.js';

/** `certificate trust LABEL`: looks at what the panel shows now, and confirms it where that is needed. */
export async function trustCertificate(
  world: World,
  { label: wanted, confirmed: given }: Named,
): Promise<number> {
  const server = await findServer(world, wanted);
  const panels = createPanelDesk(world);
  const { signal } = new AbortController();
  const [shown, trusted] = await Promise.all([
    panels.inspect(server.panelUrl, { labels: [], signal }),
    panels.pinned(server.id),
  ]);
  const verdict = verdictOn(shown, trusted);
  say(world, `Certificate of ${server.panelUrl}; SHA-256 ${shown.certificate.sha256}`);
  if (verdict === 'same' || verdict === 'public') {
    say(
      world,
      verdict === 'same'
        ? 'It is the one that was confirmed.'
        : 'A public authority vouches for it: nothing is to be confirmed.',
    );
    return 0;
  }
  if (!(await isConfirmed(world, confirmation(wanted, shown, trusted, given)))) {
    say(world, 'Nothing was changed.');
    return 1;
  }
  // Answering takes a while: nothing is kept for a server that is not in the list any more.
  await findServer(world, server.id);
  await panels.pin(server.id, shown.trust === 'public' ? undefined : shown.certificate);
  say(world, `The certificate of ${server.label} is trusted from now on.`);
  await sayHealth(world, server.id);
  return 0;
}

/** A certificate that was never confirmed, or one in the place of another: then a word has to be typed. */
function confirmation(
  wanted: string,
  shown: PanelInspection,
  trusted: CertificateFacts | undefined,
  given: string | undefined,
): Confirmation {
  const { sha256 } = shown.certificate;
  const answer = trusted === undefined ? 'yes' : 'accept';
  const lines = [
    ...doubtLines(shown, 'there'),
    ...(trusted === undefined
      ? ['Nobody vouches for it yet.']
      : [
          `The certificate changed. Trusted until now: SHA-256 ${trusted.sha256}`,
          'If you did not install Portlama again or give the panel a domain, somebody may be in between.',
        ]),
    ...dialogText(HOW_TO_COMPARE),
  ];
  return {
    lines,
    question: `Type ${answer} to trust it, if it is the same; Enter alone leaves it: `,
    answer,
    given,
    isEnough: (text) => isFingerprint(text, sha256),
    refusal: () => notConfirmed(lines, `certificate trust ${shellWord(wanted)}`, sha256),
  };
}
