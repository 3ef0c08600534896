import { describe, expect, it } from 'vitest';
import { aPerson } from './person.js';

const ENDS_WITHIN_MS = 2_000;
const ENDINGS = [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

async function pass(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a terminal that is not read', () => {
  it.each(ENDINGS)('does not keep the full screen from ending by %s', async (signal, code) => {
    const person = await aPerson({ columns: 200, rows: 60 });
    person.opens();
    await person.sees('No servers yet');
    person.terminal.pause();
    person.types('\x0c');
    await pass(300);
    person.terminal.signal(signal);
    expect(await person.terminal.waitForExit(ENDS_WITHIN_MS)).toBe(code);
  });

  it('shows the whole newest screen once it is read again', async () => {
    const person = await aPerson({ columns: 200, rows: 60 });
    await person.home.hasServers('lab');
    person.opens();
    await person.sees(/lab +ACTIVE +online/, '? help');
    const before = await person.terminal.waitForQuiet();
    person.terminal.pause();
    person.types('\x0c');
    await pass(300);
    person.presses('?');
    await pass(200);
    person.presses('escape');
    await pass(200);
    person.presses('D');
    await pass(200);
    person.terminal.resume();
    await person.sees('Doctor');
    person.presses('escape');
    await person.seesNoMore('Doctor');
    expect(withoutTimes(await person.terminal.waitForQuiet())).toBe(withoutTimes(before));
    person.presses('q');
    await person.isBack();
  });

  it('does not keep plain lines from ending', async () => {
    const person = await aPerson({ delays: 0.5 });
    person.opens(['provision', '--sandbox', '--json', '--region', 'fra1', '--label', 'lab']);
    await person.sees('"install_portlama"');
    person.terminal.pause();
    await pass(2_000);
    person.terminal.signal('SIGTERM');
    expect(await person.terminal.waitForExit(ENDS_WITHIN_MS)).toBe(143);
  });
});

/** What moves by itself: ages and latencies. */
function withoutTimes(screen: string): string {
  return screen.replaceAll(/\d+ ?(ms|s|min)\b/g, 'N');
}
