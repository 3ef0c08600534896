import { sizeText, sortedRegions, usableRegions } from '../app/regions.js';
import { InputError, isAbort, PortlamaError } from '../core/errors.js';
import { ENV } from '../core/product.js';
import type { DigitalOceanApi, Region } from '../services/digitalocean/api.js';
import { checkToken, requireUsableToken } from '../services/digitalocean/token-check.js';
import { tokenFormatProblem } from '../services/digitalocean/token-format.js';
import { TOKEN_KEY } from '../services/keystore/keystore.js';
import { measureRegions, type RegionLatency } from '../services/latency/measure-regions.js';
import { hintLines } from '../words/hints.js';
import { openPrompt, type Prompt } from './prompt.js';
import { chooseLabel } from '../usecases/labels.js';
import { startAndFollow } from './follow.js';
import { say } from './say.js';
import { requireLastingStore } from '../usecases/stores.js';
import { findToken } from '../usecases/token.js';
import { askForPassphrase } from './stores.js';
import { DROPLET_IMAGE_TITLE, DROPLET_SIZE, type World } from './world.js';
import { writeText } from './write.js';

/** The wizard's four steps as questions: token, region, label, create. Resolves to the exit code. */
export async function createInWords(world: World): Promise<number> {
  const prompt = openPrompt();
  // Share the prompt: the question for a locked vault must wait for the current one.
  askForPassphrase(world, prompt);
  let choice: Choice | undefined;
  try {
    choice = await askChoice(world, prompt);
  } catch (error) {
    if (isAbort(error)) {
      writeText(process.stdout, '\n');
      say(world, 'Nothing was created.');
    }
    throw error;
  } finally {
    prompt.close();
    askForPassphrase(world);
  }
  if (choice === undefined) return 1;
  // From here on Ctrl-C answers no question: it leaves, and the operation continues.
  const { label, region, token } = choice;
  return await startAndFollow(world, { format: 'plain' }, () =>
    world.operations.start({ label, region }, token),
  );
}

interface Choice {
  readonly label: string;
  readonly region: string;
  readonly token: string;
}

/** Undefined when the person declined. */
async function askChoice(world: World, prompt: Prompt): Promise<Choice | undefined> {
  // Check the store before the first question: the certificate's password must outlive this program.
  await requireLastingStore(world);
  const { token, api, email } = await askToken(world, prompt);
  const regions = await measuredRegions(world, api);
  const region = await untilValid(world, () => askRegion(prompt, regions));
  const label = await untilValid(world, () => askLabel(world, prompt, region.slug));
  const size = (await api.listSizes()).find((candidate) => candidate.slug === DROPLET_SIZE);
  const price = size === undefined ? 'price not known' : `$${size.priceMonthlyUsd} a month`;
  say(world, `Size: ${size === undefined ? DROPLET_SIZE : sizeText(size)}, ${price}.`);
  say(world, `Image: ${DROPLET_IMAGE_TITLE}.`);
  say(world, `Region: ${region.name} (${region.slug}). Account: ${email}.`);
  if ((await prompt.ask(`Create ${label}? Type yes: `)) !== 'yes') {
    say(world, 'Nothing was created.');
    return undefined;
  }
  return { label, region: region.slug, token };
}

async function askToken(
  world: World,
  prompt: Prompt,
): Promise<{ readonly token: string; readonly api: DigitalOceanApi; readonly email: string }> {
  const known = (await findToken(world)).secret;
  const { tokenFromEnvironment } = world.settings;
  const origin = tokenFromEnvironment === undefined ? world.keystore.title : ENV.cloudToken;
  const typed = await prompt.askSecret(
    known === undefined
      ? 'DigitalOcean API token (not shown): '
      : `DigitalOcean API token (Enter to use the one in ${origin}): `,
  );
  const token = typed === '' ? known : typed;
  if (token === undefined)
    throw new InputError({ code: 'token-missing', message: 'Nothing was typed.' });
  const problem = tokenFormatProblem(token);
  if (problem !== undefined) throw new InputError({ code: 'token-malformed', ...problem });
  const api = world.createApi(token);
  const report = await checkToken(api);
  requireUsableToken(report);
  for (const { message } of report.warnings) say(world, `Note: ${message}`);
  // Store the token only once it proved usable.
  if (typed !== '') {
    await world.keystore.set(TOKEN_KEY, typed);
    if (tokenFromEnvironment !== undefined)
      say(world, `Note: ${ENV.cloudToken} is still set, and is used instead of a stored one.`);
  }
  const email = report.account?.email ?? 'unknown';
  const isVerified = report.unverified.length === 0;
  say(
    world,
    `Token is ${isVerified ? 'valid' : 'accepted, its scopes are not verified'}: ${email}.`,
  );
  return { token, api, email };
}

/** Asks again after a typing error, so that earlier answers are kept. */
async function untilValid<T>(world: World, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      say(world, [error.message, ...hintLines(error.hint, world.settings)].join(' '));
    }
  }
}

async function askLabel(world: World, prompt: Prompt, region: string): Promise<string> {
  const suggested = await chooseLabel(world, region, undefined);
  const typed = await prompt.ask(`Label (Enter for ${suggested}): `);
  return typed === '' ? suggested : await chooseLabel(world, region, typed);
}

/** Fastest first, printed with how far each is. */
async function measuredRegions(world: World, api: DigitalOceanApi): Promise<readonly Region[]> {
  const { dial, clock } = world;
  const list = usableRegions(await api.listRegions(), DROPLET_SIZE);
  if (list.length === 0) {
    throw new PortlamaError({
      code: 'no-region',
      message: `DigitalOcean has no region with ${DROPLET_SIZE} for this account now.`,
      hint: 'Try again later.',
    });
  }
  say(world, `Measuring the way to ${list.length} regions.`);
  const latencies: Record<string, RegionLatency> = {};
  const onSample = (slug: string, latency: RegionLatency): void => void (latencies[slug] = latency);
  await measureRegions(
    list.map((region) => region.slug),
    { dial, clock, onSample },
  );
  const sorted = sortedRegions({ list, latencies });
  for (const { slug, name } of sorted)
    say(world, `  ${slug}  ${name}  ${inWords(latencies[slug])}`);
  return sorted;
}

async function askRegion(prompt: Prompt, regions: readonly Region[]): Promise<Region> {
  const typed = await prompt.ask(`Region (Enter for ${regions[0]?.slug ?? 'none'}): `);
  const chosen = typed === '' ? regions[0] : regions.find((region) => region.slug === typed);
  if (chosen !== undefined) return chosen;
  throw new InputError({
    code: 'region-invalid',
    message: `${JSON.stringify(typed)} is not one of these regions.`,
    hint: 'Type the short name at the beginning of a line.',
  });
}

function inWords(latency: RegionLatency | undefined): string {
  return latency?.state === 'measured' ? `${Math.round(latency.medianMs)} ms` : 'no measurement';
}
