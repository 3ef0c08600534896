import { QUESTION_HELP } from '../words/question-help.js';
import { labelProblem } from '../core/label.js';
import { domainQuestion, emailQuestion, LATER } from '../words/dns.js';
import { changeAddress } from './change-address.js';
import { noteProblem, noteServer, readNote } from './note-server.js';
import { renameServer } from './rename-server.js';
import { type DomainSet, setServerDomain } from './server-domain.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/** Lets the person choose what of a server is changed, and type it. */
export async function editServer(wanted: string, work: Work): Promise<void> {
  const { face } = work;
  const server = await requireServer(work, wanted);
  const what = await face.choose({
    title: `Edit ${server.label}`,
    help: QUESTION_HELP.edit,
    options: [
      { label: 'Label', value: 'label' },
      { label: 'Address', value: 'address' },
      { label: 'Domain', value: 'domain' },
      { label: 'Note', value: 'note' },
    ] as const,
  });
  switch (what) {
    case 'label': {
      const title = `Rename ${server.label}`;
      const lines = ['Its droplet is renamed as well. The host name inside it stays.'];
      const field = { field: 'Label', initial: server.label, problem: labelProblem };
      await renameServer(wanted, await face.ask({ title, lines, ...field }), work);
      return;
    }
    case 'address': {
      const title = `Address of the panel of ${server.label}`;
      const field = {
        field: 'Address',
        help: QUESTION_HELP.panelAddress,
        initial: server.panelUrl,
      };
      await changeAddress(wanted, await face.ask({ title, ...field }), work);
      return;
    }
    case 'domain':
      await askServerDomain(wanted, work);
      return;
    case 'note': {
      const { note = '' } = await readNote(wanted, work);
      const title = `Note about ${server.label}`;
      const lines = ['Stored on this machine only. Type a hyphen to remove it.'];
      const field = { field: 'Note', initial: note, problem: noteProblem };
      const typed = await face.ask({ title, lines, ...field });
      await noteServer(wanted, typed === '-' ? '' : typed, work);
    }
  }
}

/** Asks for the domain of a server, and for the e-mail that its set-up wants; every record is shown before it is made. */
export async function askServerDomain(wanted: string, work: Work): Promise<DomainSet> {
  const { face } = work;
  const server = await requireServer(work, wanted);
  const { wish } = await work.readServerMeta(server.id);
  const domain = await face.ask(domainQuestion(server, wish?.domain));
  // A panel with a domain has its e-mail.
  const email =
    server.domain === undefined ? await face.ask(emailQuestion(server, wish?.email)) : LATER;
  const given = email === LATER ? undefined : email;
  return await setServerDomain(wanted, { domain, email: given, asks: face }, work);
}
