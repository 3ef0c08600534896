import { z } from 'zod';
import { flag, text, texts } from '../panel-bodies.js';
import { type PanelCaller, pathTo, SLOW_MS } from './caller.js';

const PATH = '/api/certs/agent';
const AGENT = z.object({
  label: z.string(),
  serial: text,
  capabilities: texts,
  allowedSites: texts,
  enrollmentMethod: text,
  createdAt: text,
  expiresAt: text,
  revoked: flag,
});
const AGENTS = z.object({ agents: z.array(AGENT) });
const MADE = z.object({ p12Password: z.string().min(1), expiresAt: text });
const TOKEN = z.object({ token: z.string().min(1), expiresAt: text });

/** A certificate of a machine that tunnels lead to. */
export type PanelAgentCertificate = z.output<typeof AGENT>;

export interface NewAgent {
  readonly label: string;
  readonly capabilities: readonly string[];
}

export function agentCalls(caller: PanelCaller) {
  return {
    list: async (signal?: AbortSignal): Promise<readonly PanelAgentCertificate[]> =>
      (await caller.read(AGENTS, 'GET', PATH, { signal })).agents,
    /** The password is in this answer only; the file can be downloaded again. */
    create: (agent: NewAgent, signal?: AbortSignal): Promise<z.output<typeof MADE>> =>
      caller.read(MADE, 'POST', PATH, { body: agent, signal, timeoutMs: SLOW_MS }),
    download: async (label: string, signal?: AbortSignal): Promise<Buffer> =>
      (await caller.send('GET', `${pathTo(PATH, label)}/download`, { signal })).body,
    revoke: async (label: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('DELETE', pathTo(PATH, label), { signal });
    },
    /** A token with which an agent makes its own key: secret, for one use, for ten minutes. */
    createToken: (agent: NewAgent, signal?: AbortSignal): Promise<z.output<typeof TOKEN>> =>
      caller.read(TOKEN, 'POST', `${PATH}/enroll`, { body: agent, signal }),
  };
}
