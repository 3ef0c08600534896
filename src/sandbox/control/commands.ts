import { z } from 'zod';
import { API_FAULT } from '../faults/api-faults.js';
import { DROPLET_FAULT } from '../faults/droplet-faults.js';
import type { Controls } from './controls.js';

const DROPLET = { dropletId: z.int() };

/** Commands of a running sandbox over HTTP, named like the methods of `Controls`. */
export const CONTROL_COMMAND = z.discriminatedUnion('action', [
  z.object({ action: z.literal('addFault'), fault: API_FAULT }),
  z.object({
    action: z.literal('addDropletFault'),
    fault: DROPLET_FAULT,
    target: z
      .union([z.object(DROPLET), z.object({ droplets: z.int().positive() })])
      .default({ droplets: 1 }),
  }),
  z.object({ action: z.literal('clearFaults') }),
  z.object({
    action: z.literal('addStray'),
    name: z.string(),
    region: z.string().optional(),
    tags: z.array(z.string()).optional(),
  }),
  z.object({ action: z.literal('vanish'), ...DROPLET }),
  z.object({ action: z.literal('removeTag'), ...DROPLET, tag: z.string() }),
  z.object({
    action: z.literal('setPanel'),
    ...DROPLET,
    state: z.enum(['absent', 'server-down', 'up']),
  }),
  z.object({ action: z.literal('renewPanelCertificate'), ...DROPLET }),
  z.object({ action: z.literal('setPower'), ...DROPLET, on: z.boolean() }),
  z.object({ action: z.literal('refuseSsh'), ...DROPLET, forMs: z.number().nonnegative() }),
  z.object({ action: z.literal('dropConnections'), ...DROPLET }),
  z.object({ action: z.literal('readFile'), ...DROPLET, path: z.string() }),
  z.object({
    action: z.literal('setName'),
    name: z.string(),
    answer: z.union([z.array(z.string()), z.enum(['servfail', 'refused', 'silent'])]),
  }),
  z.object({
    action: z.literal('publish'),
    panelServer: z.string(),
    installer: z.string().optional(),
  }),
  z.object({ action: z.literal('setIdleCut'), ...DROPLET, ms: z.number().positive() }),
  z.object({
    action: z.literal('tryLogin'),
    ...DROPLET,
    username: z.string(),
    password: z.string(),
  }),
]);

export type ControlCommand = z.input<typeof CONTROL_COMMAND>;

/** Executes a command; gives its result, undefined for none. */
export function perform(controls: Controls, input: unknown): unknown {
  const command = CONTROL_COMMAND.parse(input);
  switch (command.action) {
    case 'addFault':
      return controls.addFault(command.fault);
    case 'addDropletFault':
      return controls.addDropletFault(command.fault, command.target);
    case 'clearFaults':
      return controls.clearFaults();
    case 'addStray':
      return controls.addStray(command);
    case 'vanish':
      return controls.vanish(command.dropletId);
    case 'removeTag':
      return controls.removeTag(command.dropletId, command.tag);
    case 'setPanel':
      return controls.setPanel(command.dropletId, command.state);
    case 'renewPanelCertificate':
      return controls.renewPanelCertificate(command.dropletId);
    case 'setPower':
      return controls.setPower(command.dropletId, command.on);
    case 'refuseSsh':
      return controls.refuseSsh(command.dropletId, command.forMs);
    case 'dropConnections':
      return controls.dropConnections(command.dropletId);
    case 'readFile':
      return controls.readFile(command.dropletId, command.path);
    case 'setName':
      return controls.setName(command.name, command.answer);
    case 'publish':
      return controls.publish(command.panelServer, command.installer);
    case 'setIdleCut':
      return controls.setIdleCut(command.dropletId, command.ms);
    case 'tryLogin':
      return controls.tryLogin(command.dropletId, command.username, command.password);
    default:
      return command satisfies never;
  }
}
