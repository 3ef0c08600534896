import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MetricsServer } from '../../../src/services/watching/metrics-server.js';
import { type Measured, openMetrics } from '../../../src/services/watching/open-metrics.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const DAY = Date.parse('2026-12-24T12:00:00Z');
const MEASURED: Measured = {
  servers: [
    {
      id: 'one',
      label: 'lab',
      region: 'fra1',
      state: 'online',
      latencyMs: 42,
      version: '0.1.30',
      certificates: [
        { kind: 'client', notAfter: DAY },
        { kind: 'panel', notAfter: DAY + 1_000 },
      ],
    },
    {
      id: 'two',
      label: 'edge "x"\\\n',
      region: '',
      state: 'offline',
      latencyMs: undefined,
      version: undefined,
      certificates: [],
    },
    {
      id: 'three',
      label: 'locked',
      region: 'ams3',
      state: 'certificate-needed',
      latencyMs: undefined,
      version: undefined,
      certificates: [],
    },
  ],
  droplets: [
    { id: 12, name: 'portlama-lab', isRunning: true, server: 'lab', monthlyUsd: 4 },
    { id: 13, name: 'portlama-lost', isRunning: false, server: '', monthlyUsd: undefined },
  ],
  tokens: [{ account: 'default', notAfter: DAY }],
};

async function serve(measured: () => Measured = () => MEASURED): Promise<MetricsServer> {
  const server = await MetricsServer.open('0', await openMetrics(measured));
  onTestFinished(() => server.close());
  return server;
}

describe('metrics', () => {
  it('are OpenMetrics: what is known has a value, what is not has none', async () => {
    const { url } = await serve();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
    const text = await answer.text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(text.endsWith('# EOF\n')).toBe(true);
    expect(lines).toContain('portlama_panel_up{server="lab",server_id="one",region="fra1"} 1');
    expect(lines).toContain(
      String.raw`portlama_panel_up{server="edge \"x\"\\\n",server_id="two",region=""} 0`,
    );
    expect(lines.filter((line) => /^portlama_panel_up.*locked/.test(line))).toEqual([]);
    expect(lines).toContain('portlama_panel_latency_seconds{server="lab",server_id="one"} 0.042');
    expect(lines).toContain('portlama_panel_info{server="lab",server_id="one",version="0.1.30"} 1');
    expect(lines).toContain(
      `portlama_certificate_expiry_timestamp_seconds{server="lab",server_id="one",kind="client"} ${DAY / 1_000}`,
    );
    expect(lines).toContain(
      `portlama_token_expiry_timestamp_seconds{account="default"} ${DAY / 1_000}`,
    );
    expect(lines).toContain(
      'portlama_droplet_cost_usd_per_month{droplet="portlama-lab",droplet_id="12",server="lab"} 4',
    );
    expect(lines).toContain(
      'portlama_droplet_running{droplet="portlama-lost",droplet_id="13",server=""} 0',
    );
  });

  it('forget a server that left', async () => {
    let measured = MEASURED;
    const { url } = await serve(() => measured);
    expect(await (await fetch(url)).text()).toContain('server="lab"');
    measured = { servers: [], droplets: [], tokens: [] };
    expect(await (await fetch(url)).text()).not.toContain('server="lab"');
  });

  it('are at their path alone, and only to be read', async () => {
    const { url } = await serve();
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await fetch(new URL('/', url))).status).toBe(404);
  });

  it.each(['', 'nonsense', '70000', 'example.com:9469', '127.0.0.1', '999.1.1.1:80'])(
    'at %j are refused',
    async (place) => {
      const metrics = await openMetrics(() => MEASURED);
      await expect(MetricsServer.open(place, metrics)).rejects.toMatchObject({
        code: 'metrics-address-invalid',
      });
    },
  );

  it('at an address that is taken are refused, with the reason', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const opening = MetricsServer.open(String(port), await openMetrics(() => MEASURED));
    await expect(opening).rejects.toThrow(`Metrics cannot be served at ${port}:`);
  });
});

const hasPrometheus = existsSync('/usr/bin/prometheus') && existsSync('/usr/bin/promtool');

describe.skipIf(!hasPrometheus)('Prometheus (skipped where its package is not to be had)', () => {
  it('finds nothing to say about them', async () => {
    const { url } = await serve();
    const input = await (await fetch(url)).text();
    const { status, stderr } = spawnSync('/usr/bin/promtool', ['check', 'metrics'], { input });
    expect([status, String(stderr)]).toEqual([0, '']);
  });

  it('takes the configuration and the rules of docs/watching.md', async () => {
    const page = readFileSync(resolve('docs/watching.md'), 'utf8');
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    for (const name of ['prometheus.yml', 'portlama-rules.yml']) {
      const [, content = ''] = page.split(`${name}:\n\n\`\`\`yaml\n`);
      await writeFile(join(folder, name), content.split('```')[0]!);
    }
    const args = ['check', 'config', join(folder, 'prometheus.yml')];
    const { status, stdout, stderr } = spawnSync('/usr/bin/promtool', args);
    expect([status, String(stderr)]).toEqual([0, '']);
    expect(String(stdout)).toContain('5 rules found');
  });

  it('scrapes them', async () => {
    const { url } = await serve();
    const prometheus = await startPrometheus(new URL(url).host);
    await expect
      .poll(() => query(prometheus, 'portlama_panel_up'), { timeout: 15_000, interval: 100 })
      .toHaveLength(2);
    const days = await query(
      prometheus,
      '(portlama_certificate_expiry_timestamp_seconds{kind="client"} - 1798027200) / 86400',
    );
    expect(days).toEqual([[{ kind: 'client', server: 'lab', server_id: 'one' }, '1']]);
  });
});

/** Prometheus with this target on a free port of loopback; resolves to its address. */
async function startPrometheus(target: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  const configuration = join(folder, 'prometheus.yml');
  await writeFile(
    configuration,
    `scrape_configs:
  - job_name: portlama
    scrape_interval: 1s
    static_configs:
      - targets: ['${target}']
`,
  );
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const address = `127.0.0.1:${port}`;
  const child: ChildProcess = spawn(
    '/usr/bin/prometheus',
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  return address;
}

/** Labels of ours and value of each result; empty while Prometheus is not up. */
async function query(address: string, text: string): Promise<unknown[]> {
  try {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(text)}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => {
      const { __name__: _name, instance: _instance, job: _job, ...labels } = metric;
      return [labels, value[1]];
    });
  } catch {
    return [];
  }
}
