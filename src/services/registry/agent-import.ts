import { decodeText } from '../files/decode.js';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../core/time.js';
import type { ServerEntry } from './registry.js';

/** The server that `<home>/agent.json` describes, as an entry with a new id; undefined when there is none. */
export async function readAgentEntry(home: string, clock: Clock): Promise<ServerEntry | undefined> {
  const agent = await readAgent(join(home, 'agent.json'));
  const panelUrl = agent === undefined ? undefined : textIn(agent, 'panelUrl');
  if (agent === undefined || panelUrl === undefined || !URL.canParse(panelUrl)) return undefined;
  const host = new URL(panelUrl).hostname.replace(/^\[|\]$/g, '');
  const [domain, p12Path] = [textIn(agent, 'domain'), textIn(agent, 'p12Path')];
  return {
    id: randomUUID(),
    label: host,
    panelUrl,
    ip: isIP(host) === 0 ? '' : host,
    ...(domain === undefined ? {} : { domain }),
    createdAt: textIn(agent, 'setupAt') ?? new Date(clock.now()).toISOString(),
    active: true,
    authMethod: agent['authMethod'] === 'keychain' ? 'keychain' : 'p12',
    ...(p12Path === undefined ? {} : { p12Path }),
  };
}

/** An agent.json that cannot be read only means that there is nothing to take over. */
async function readAgent(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(decodeText(await readFile(path)));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const field = value[key];
  return typeof field === 'string' && field !== '' ? field : undefined;
}
