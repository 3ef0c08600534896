import { describe, expect, it } from 'vitest';
import { chooseCapabilities } from '../../src/core/capabilities.js';
import { PortlamaError } from '../../src/core/errors.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { doctorReport } from '../../src/usecases/doctor-report.js';
import type { Work } from '../../src/usecases/work.js';
import { droplet } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const TERM = 'xterm-256color';
const TERMINAL = {
  capabilities: chooseCapabilities({ TERM, LANG: 'C.UTF-8', TMUX: '/tmp/tmux-0,1' }),
  name: TERM,
};

async function reportOf(work: Work, terminal: typeof TERMINAL = TERMINAL): Promise<string> {
  return (await doctorReport(work, terminal)).join('\n');
}

describe('a report for an issue', () => {
  it('has versions, kinds and counts', async () => {
    const { work, world } = testWork({ servers: [EDGE, LAB, OLD_BOX] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    const report = await reportOf(work);
    expect(report).toMatch(/^Program +portlama-tui \d/m);
    expect(report).toMatch(/^Node\.js +\d/m);
    expect(report).toMatch(/^Terminal +256 colours, UTF-8, links, tmux, TERM xterm-256color$/m);
    expect(report).toMatch(/^Store +os$/m);
    expect(report).toMatch(/^Servers +2 of DigitalOcean, 1 of others$/m);
    expect(report).toMatch(/^Provisionings +none$/m);
    expect(report).toMatch(/^Check: Droplets +problem$/m);
    expect(report).toMatch(/^Check: Program +ok$/m);
  });

  it('has nothing of servers, accounts, paths and secrets, where all goes well and where all fails', async () => {
    const { work, world } = testWork({ servers: [EDGE, LAB, OLD_BOX] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet({ ...droplet(7), name: 'portlama-lost' });
    const { home, hostName, userName, apiUrl } = work.environment;
    const account = await world.ports.createApi(SANDBOX_TOKEN).getAccount();
    const facts = [EDGE, LAB, OLD_BOX].flatMap(
      ({ id, label, ip, panelUrl, providerId, p12Path }) => [
        id,
        label,
        ip,
        panelUrl,
        providerId,
        p12Path,
      ],
    );
    const planted = [
      ...facts,
      'portlama-lost',
      SANDBOX_TOKEN,
      account.email,
      home,
      hostName,
      apiUrl,
    ];
    const secret = 'edge of /home/ops and token hunter2';
    const failing: Work = {
      ...work,
      inspectHome: () => Promise.reject(Object.assign(new Error(secret), { code: 'EACCES' })),
      describeSystem: () => Promise.reject(new Error(secret)),
    };
    const well = await reportOf(work);
    world.registry.failure = new PortlamaError({
      code: 'registry-unreadable',
      message: secret,
      hint: '',
    });
    world.operations.list = () => Promise.reject(new Error(secret));
    const failed = await reportOf(failing, { ...TERMINAL, name: `${secret}\u001b[2J` });
    for (const report of [well, failed])
      for (const fact of [...planted, userName, 'hunter2', '/home'])
        if (fact !== undefined) expect(report).not.toContain(fact);
    expect(failed).toMatch(/^Servers +not known \(registry-unreadable\)$/m);
    expect(failed).toMatch(/^Home folder +not known \(EACCES\)$/m);
    expect(failed).toMatch(/^System +not known \(no code\)$/m);
    expect(failed).toMatch(/TERM unusual$/m);
  });
});
