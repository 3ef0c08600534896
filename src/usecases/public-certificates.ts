import type { PanelCertificate } from '../services/panel/panel-bodies.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { renewedPublicText, renewPublicQuestion } from '../words/status.js';
import { CERTIFICATE_PATIENCE_MS, onPanel, requireNamed, sendOnce } from './on-panel.js';
import type { Work } from './work.js';

export interface ListedCertificates {
  readonly server: ServerEntry;
  readonly certificates: readonly PanelCertificate[];
  /** The timer that renews public certificates is on. */
  readonly renewsItself: boolean;
}

export async function listCertificates(wanted: string, work: Work): Promise<ListedCertificates> {
  const wish = { what: 'Certificates', isLook: true };
  return await onPanel(wanted, wish, work, async ({ server, api }) => ({
    server,
    certificates: await api.certificates(work.signal),
    renewsItself: await api.renewsItself(work.signal),
  }));
}

/**
 * Has Let's Encrypt issue a public certificate again. Where nginx gives up before that, the new date is looked for; it is
 * asked for once, since it counts against a limit.
 */
export async function renewPublicCertificate(
  wanted: string,
  domain: string,
  work: Work,
): Promise<PanelCertificate> {
  const name = domain.trim().toLowerCase();
  return await onPanel(wanted, { what: 'Certificates' }, work, async (panel) => {
    const { server, api } = panel;
    const { face, signal } = work;
    const publicOf = async (): Promise<readonly PanelCertificate[]> =>
      (await api.certificates(signal)).filter(({ domain: of }) => of != null);
    const isIt = ({ domain: of }: PanelCertificate): boolean => of === name;
    const before = requireNamed(
      'certificate',
      name,
      await publicOf(),
      (each) => each.domain ?? '',
      server,
    );
    await face.confirm(renewPublicQuestion(before));
    face.progress(`Let’s Encrypt issues ${name} again; this takes seconds, sometimes minutes`);
    const renewed = await sendOnce(
      {
        what: `Certificate of ${name}`,
        send: async () => {
          await api.renewPublicCertificate(name, signal);
          return (await publicOf()).find(isIt) ?? before;
        },
        look: async () =>
          (await publicOf()).find((each) => isIt(each) && each.expiresAt !== before.expiresAt),
        patienceMs: CERTIFICATE_PATIENCE_MS,
      },
      panel,
      work,
    );
    face.say(renewedPublicText(renewed), 'ok');
    return renewed;
  });
}
