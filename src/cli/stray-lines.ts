import { PROGRAM } from '../core/product.js';
import { serverWord } from '../words/servers.js';
import { dropletText } from '../words/droplets.js';
import type { Operation } from '../services/provisioning/operations.js';
import { ownerOf, type Stray, type StrayReport } from '../services/provisioning/droplets/strays.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { type Advice, adviceLines } from './advice.js';

/** The same as lines: the fact, and below it what can be done. */
export function reportLines(report: StrayReport): readonly string[] {
  return reportAdvice(report).flatMap(adviceLines);
}

/** Strays and entries whose droplet is gone, in words that are not cleaned yet. */
export function reportAdvice({ strays, gone }: StrayReport): readonly Advice[] {
  return [...strays.map(strayAdvice), ...gone.map(goneAdvice)];
}

/** What is in no list here, what it costs, and the ways out. */
function strayAdvice(stray: Stray): Advice {
  const { droplet } = stray;
  const owner = ownerOf(stray);
  if (owner !== undefined) {
    const text = `${dropletText(droplet)} belongs to a provisioning that is ${owner.status.replaceAll('-', ' ')}`;
    return { text, todo: ownerTodo(owner) };
  }
  return {
    text: `${dropletText(droplet)} is a stray: in no list of servers here`,
    todo: [
      `Take it into the list: ${PROGRAM} strays adopt ${droplet.id}`,
      `Or, if no other computer needs it, destroy it: ${PROGRAM} strays destroy ${droplet.id}`,
    ],
  };
}

/** An entry of servers.json that stands for nothing, or for something in another account. */
function goneAdvice(server: ServerEntry): Advice {
  const { label, providerId } = server;
  return {
    text: `${label} is in the list, and its droplet ${providerId ?? ''} is not in the token’s account any more`,
    todo: [
      `If it was destroyed, take it off the list: ${PROGRAM} servers remove ${serverWord(server)}`,
      'If it is in another account, use a token of that one.',
    ],
  };
}

function ownerTodo({ id, status }: Operation): readonly string[] {
  const resume = `Go on: ${PROGRAM} operations resume ${id}`;
  const cleanUp = `Remove what it made: ${PROGRAM} operations cleanup ${id}`;
  return status === 'interrupted' ? [resume, cleanUp] : [cleanUp];
}
