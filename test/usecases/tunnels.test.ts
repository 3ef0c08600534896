import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import type { PanelTunnel } from '../../src/services/panel/calls/tunnels.js';
import { AfterSetUp } from '../../src/usecases/after-set-up.js';
import { addTunnel, listTunnels, removeTunnel, setTunnel } from '../../src/usecases/tunnels.js';
import { tableLines } from '../../src/words/formats.js';
import { tunnelTable } from '../../src/words/tunnels.js';
import { PanelWorld } from '../contract/panel-world.js';
import { panelServer, sharedPanel } from './panel-work.js';

/** Milliseconds that the panel waits for a certificate, and nginx for the panel. */
const CERTIFICATE_MS = 400;
const NGINX_MS = 100;
const { panel, open } = sharedPanel({ certificateMs: CERTIFICATE_MS });
/** Five seconds pass in ten milliseconds. */
const fast = { ...systemClock, sleep: () => systemClock.sleep(10) };

describe('tunnels', () => {
  it('are made, listed, turned off and on, and removed once the name is typed', async () => {
    const { work, face, changes } = await open({
      confirm: 'Remove the tunnel blog?',
      typed: 'blog',
    });
    const made = await addTunnel('fra1-edge', { subdomain: 'blog', port: 8080 }, work);
    expect(made).toMatchObject({ fqdn: 'blog.lab.example.com', enabled: true });
    expect(face.said).toEqual([
      'https://blog.lab.example.com points to port 8080 of the agent’s machine.',
      'Apply it on the agent’s machine: portlama-agent update',
    ]);
    expect(face.waits.join()).toContain('a certificate for blog.lab.example.com');
    await setTunnel('fra1-edge', 'blog', false, work);
    const { tunnels } = await listTunnels('fra1-edge', work);
    expect(tableLines(tunnelTable(tunnels))[1]).toMatch(
      /^blog +8080 +off +restricted +https:\/\/blog\.lab\.example\.com/,
    );
    await setTunnel('fra1-edge', 'blog', true, work);
    expect((await listTunnels('fra1-edge', work)).tunnels[0]?.enabled).toBe(true);
    await removeTunnel('fra1-edge', 'blog', work);
    expect((await listTunnels('fra1-edge', work)).tunnels).toEqual([]);
    const path = `/api/tunnels/${made.id}`;
    expect(changes).toEqual([
      'POST /api/tunnels',
      `PATCH ${path}`,
      `PATCH ${path}`,
      `DELETE ${path}`,
    ]);
    face.finish();
  });

  it('are looked for where nginx gives up before the certificate is there, and asked for once', async () => {
    const { controls } = panel().sandbox;
    controls.setIdleCut(panel().droplet.id, NGINX_MS);
    const { work, face, changes } = await open();
    const wanted = { subdomain: 'slow', port: 3000 };
    const made = await addTunnel('fra1-edge', wanted, { ...work, clock: fast });
    expect(made).toMatchObject({ subdomain: 'slow', port: 3000 } satisfies Partial<PanelTunnel>);
    expect(changes).toEqual(['POST /api/tunnels']);
    face.finish();
    controls.setIdleCut(panel().droplet.id, 60_000);
  });

  it('that never show are reported as unknown, and not asked for again', async () => {
    const { controls } = panel().sandbox;
    controls.setIdleCut(panel().droplet.id, NGINX_MS);
    const { work, changes } = await open();
    // Each look is a minute later.
    let minutes = 0;
    const late = {
      ...systemClock,
      monotonic: () => minutes * 60_000,
      sleep: async () => void minutes++,
    };
    const wanted = { subdomain: 'lost', port: 3001 };
    controls.setName('lost.lab.example.com', ['198.51.100.7']);
    await expect(addTunnel('fra1-edge', wanted, { ...work, clock: late })).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining('lost.lab') as string,
    });
    expect(changes).toEqual(['POST /api/tunnels']);
    controls.setIdleCut(panel().droplet.id, 60_000);
  });

  it('say why the panel could not make one', async () => {
    panel().sandbox.controls.setName('wrong.lab.example.com', ['198.51.100.7']);
    const { work } = await open();
    await expect(addTunnel('fra1-edge', { subdomain: 'wrong', port: 3002 }, work)).rejects.toThrow(
      /Failed to create tunnel: Certificate issuance failed/,
    );
  });

  it.each([
    [{ subdomain: 'Blog', port: 8080 }, 'is not a valid tunnel name'],
    [{ subdomain: 'a.b', port: 8080 }, 'is not a valid tunnel name'],
    [{ subdomain: 'blog', port: 80 }, 'from 1024 to 65535'],
    [{ subdomain: 'blog', port: Number.NaN }, 'from 1024 to 65535'],
    [{ subdomain: 'blog', port: 8080, accessMode: 'all' }, 'is not an access mode'],
    [{ subdomain: 'slow', port: 9000 }, 'already has a tunnel slow'],
    [{ subdomain: 'other', port: 3000 }, 'belongs to the tunnel slow'],
  ])('of %j are refused before anything is sent', async (wanted, reason) => {
    const { work, changes } = await open();
    await expect(addTunnel('fra1-edge', wanted, work)).rejects.toThrow(reason);
    expect(changes).toEqual([]);
  });

  it('that are unknown are named with those that are there', async () => {
    const { work, changes } = await open();
    await expect(removeTunnel('fra1-edge', 'nope', work)).rejects.toMatchObject({
      code: 'tunnel-unknown',
      hint: 'It has: slow.',
    });
    expect(changes).toEqual([]);
  });

  it('stay when the question is declined', async () => {
    const { work, changes } = await open({ confirm: 'Remove the tunnel slow?', agree: false });
    await expect(removeTunnel('fra1-edge', 'slow', work)).rejects.toThrow('Declined');
    expect(changes).toEqual([]);
  });

  it('come after the set-up, which is no failure of a look', async () => {
    const fresh = await PanelWorld.open();
    const { work, changes } = await panelServer(fresh, [], []);
    const error = await listTunnels('fra1-edge', work).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AfterSetUp);
    expect(error).toMatchObject({
      isLook: true,
      message: 'Tunnels of fra1-edge: not available before its set-up.',
    });
    await expect(
      addTunnel('fra1-edge', { subdomain: 'blog', port: 8080 }, work),
    ).rejects.toMatchObject({ code: 'after-set-up', isLook: false });
    expect(changes).toEqual([]);
    await fresh.close();
  });
});
