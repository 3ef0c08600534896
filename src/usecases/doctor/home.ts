import { ENV } from '../../core/product.js';
import { shellWord } from '../../core/shell-word.js';
import type { HomeFault } from '../../services/files/inspect-home.js';
import type { Services } from '../work.js';
import type { Finding } from './finding.js';

const NAME = 'Home folder';
const ROOT = 0;
const SHOWN = 3;

/** Checks that the home folder and everything in it is one user's alone. */
export async function checkHome(work: Services): Promise<readonly Finding[]> {
  const { home, userId } = work.environment;
  const { mode, faults } = await work.inspectHome();
  if (mode === undefined)
    return [
      { level: 'note', name: NAME, text: `${home} is not there yet; it is made when needed` },
    ];
  const linked = faults.some(({ kind, path }) => kind === 'link' && path === home);
  if (linked) return [linkedFinding(home)];
  if (faults.length === 0) {
    const text = `${home}, ${octal(mode)}, and nothing in it is for others`;
    return [{ level: 'ok', name: NAME, text }];
  }
  const more = faults.length > SHOWN ? ` and ${faults.length - SHOWN} more` : '';
  return [
    {
      level: 'problem',
      name: NAME,
      text: `not for you alone: ${faults.slice(0, SHOWN).map(faultText).join(', ')}${more}`,
      hint: waysOut(faults, home, userId).join('\n'),
    },
  ];
}

function linkedFinding(home: string): Finding {
  return {
    level: 'problem',
    name: NAME,
    text: `${home} is a symbolic link, and nothing is written through it`,
    hint: `Replace it with a real folder, or set ${ENV.home} to where it points.`,
  };
}

function faultText({ path, kind, owner, mode }: HomeFault): string {
  switch (kind) {
    case 'link':
      return `${path} (a symbolic link)`;
    case 'foreign':
      return `${path} (of user ${owner})`;
    case 'shared':
    case 'closed':
      return `${path} (${octal(mode)})`;
  }
}

/** In the order in which they help: only an owner can change the permissions. */
function waysOut(
  faults: readonly HomeFault[],
  home: string,
  userId: number | undefined,
): readonly string[] {
  const has = (kind: HomeFault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  const folder = shellWord(home);
  return [
    ...(has('foreign') && userId !== undefined ? [ownText(userId, folder)] : []),
    ...(has('closed') ? [`chmod -R u+rwX ${folder}`] : []),
    ...(has('shared') ? [`chmod -R go= ${folder}`] : []),
    ...(has('link') ? ['Replace each symbolic link with the real file or folder.'] : []),
  ];
}

function ownText(userId: number, folder: string): string {
  return userId === ROOT
    ? `If it is root’s: chown -R 0 ${folder}. If not, run this as that user, without sudo.`
    : `If it is yours: sudo chown -R ${userId} ${folder}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
