import { requireDomain, requireEmail } from '../core/domain.js';
import { InputError, isAbort, quoted } from '../core/errors.js';
import { ENV } from '../core/product.js';
import type { Region, Size } from '../services/digitalocean/api.js';
import { requireUsableToken, type TokenReport } from '../services/digitalocean/token-check.js';
import { createServer } from '../usecases/create-server.js';
import { chooseLabel } from '../usecases/labels.js';
import {
  findOffer,
  measuredRegions,
  requireRegion,
  requireRegionsWith,
} from '../usecases/regions.js';
import type { DomainInput } from '../usecases/server-domain.js';
import { Declined, type Face } from '../usecases/face.js';
import { type ChosenKeys, sshKeysFrom } from '../usecases/ssh-keys.js';
import { requireSize } from '../usecases/sizes.js';
import { requireLastingStore } from '../usecases/stores.js';
import { checkToken, findToken, openApi, saveToken } from '../usecases/token.js';
import type { Work } from '../usecases/work.js';
import { hintLines } from '../words/hints.js';
import { tableLines } from '../words/formats.js';
import { regionTable, sizeTable, sizeText } from '../words/regions.js';
import { keysStayLines, SSH_KEY_CHOICE } from '../words/ssh.js';
import { WIZARD_HELP } from '../words/question-help.js';
import { askToAgree } from './agreement.js';
import { bareCall } from './commands/command.js';
import { type Conversation, inSteps } from './conversation.js';
import { commandFace } from './face.js';
import { startAndFollow } from './follow.js';
import type { Prompt } from './prompt.js';
import { say } from './say.js';
import { askSecret } from './secret-input.js';
import { askForPassphrase } from './stores.js';
import { perform } from './work.js';
import type { World } from '../main/world.js';
import { writeText } from './write.js';

/** The wizard's four steps as questions: token, region, label, create. Resolves to the exit code. */
export function createInWords(world: World, conversation: Conversation): Promise<number> {
  return perform(bareCall(world, 'provision'), async (work) => {
    const { typedToken, ...form } = await fillIn(world, work, conversation);
    // From here on Ctrl-C answers no question: it leaves, and the operation continues.
    return await startAndFollow(world, { format: 'plain' }, { ...work, typedToken }, (held) =>
      createServer(form, held),
    );
  });
}

interface Form {
  readonly label: string;
  readonly region: string;
  readonly size: string;
  readonly regions: readonly Region[];
  readonly typedToken: string | undefined;
  readonly domain: DomainInput | undefined;
  readonly sshKeys: ChosenKeys['keys'] | undefined;
}

async function fillIn(world: World, work: Work, conversation: Conversation): Promise<Form> {
  const prompt = conversation.open();
  // Share the prompt: the question for a locked vault must wait for the current one.
  askForPassphrase(world, (question) => askSecret(question, prompt, world.settings));
  try {
    return await askAll(world, work, prompt);
  } catch (error) {
    if (isAbort(error)) {
      writeText(process.stdout, '\n');
      say(world, 'Nothing was created.');
    }
    throw error;
  } finally {
    prompt.close();
    askForPassphrase(world, (question) => conversation.console.secret(question));
  }
}

/** Throws Declined where the last question is not answered with yes. */
async function askAll(world: World, work: Work, prompt: Prompt): Promise<Form> {
  // Check the store before the first question: the certificate's password must outlive this program.
  await requireLastingStore(work);
  const form = { typedToken: undefined as string | undefined } as Draft;
  const steps = [
    async () => {
      const { typedToken, email: account } = await askToken(work, prompt);
      const offer = await findOffer(await openApi({ ...work, typedToken }), work);
      Object.assign(form, { typedToken, account, offer });
    },
    async () => void (form.size = await askSize(world, work, prompt, form.offer.sizes)),
    async () => {
      const regions = requireRegionsWith(form.offer.regions, form.size.slug);
      form.region = await askRegion(world, work, prompt, regions);
    },
    async () =>
      void (form.label = await untilValid(world, () => askLabel(work, prompt, form.region.slug))),
    () =>
      // Of two questions, so that the way back finds both.
      inSteps([
        async () => void (form.domain = await untilValid(world, () => askDomain(prompt))),
        async () => {
          if (form.domain !== undefined)
            form.email = await untilValid(world, () => askEmail(prompt));
        },
      ]),
    async () => {
      const asking = { ...work, typedToken: form.typedToken, face: faceAt(world, prompt) };
      form.keys = await untilValid(world, () => askSshKey(asking, prompt));
    },
    () => askToCreate(world, work, prompt, form),
  ];
  try {
    await inSteps(steps);
  } catch (error) {
    // A token that was typed is stored by then.
    if (error instanceof Declined) error.isLate ||= form.typedToken !== undefined;
    throw error;
  }
  const { label, region, size, offer, typedToken, domain, email, keys } = form;
  return {
    label,
    region: region.slug,
    size: size.slug,
    regions: offer.regions,
    typedToken,
    domain: domain === undefined ? undefined : { domain, email },
    sshKeys: keys?.keys,
  };
}

/** Questions of use cases at the prompt that is open. */
function faceAt(world: World, prompt: Prompt): Face {
  return commandFace(
    world,
    { words: 'provision' },
    {
      isInteractive: () => true,
      say: (line) => say(world, line),
      ask: (question, asking) => prompt.ask(question, asking),
      secret: (question) => askSecret(question, prompt, world.settings),
    },
  );
}

/** Undefined for none. */
async function askDomain(prompt: Prompt): Promise<string | undefined> {
  const asking = { help: WIZARD_HELP.domain };
  const typed = await prompt.ask('Domain, optional (Enter for none): ', asking);
  return typed === '' ? undefined : requireDomain(typed);
}

/** Undefined where the set-up shall ask. */
async function askEmail(prompt: Prompt): Promise<string | undefined> {
  const asking = { help: WIZARD_HELP.email };
  const typed = await prompt.ask('E-mail for Let’s Encrypt (Enter to be asked later): ', asking);
  return typed === '' ? undefined : requireEmail(typed);
}

/** Undefined for none. */
async function askSshKey(work: Work, prompt: Prompt): Promise<ChosenKeys | undefined> {
  const { options } = SSH_KEY_CHOICE;
  const names = options.map(({ value }) => value).join(', ');
  const asking = { help: WIZARD_HELP.sshKey };
  const typed = await prompt.ask(`SSH key that stays: ${names} (Enter for none): `, asking);
  const chosen = options.find(({ value }) => value === (typed.toLowerCase() || 'none'));
  if (chosen === undefined)
    throw new InputError({
      code: 'ssh-key-unknown',
      message: `${quoted(typed)} is not one of them.`,
    });
  return await sshKeysFrom(chosen.value, work);
}

/** Answers so far; each step may count on those of the steps before. */
interface Draft {
  typedToken: string | undefined;
  /** E-mail address of the account. */
  account: string;
  offer: Awaited<ReturnType<typeof findOffer>>;
  size: Size;
  region: Region;
  label: string;
  domain: string | undefined;
  /** For the certificates of the domain. */
  email: string | undefined;
  keys: ChosenKeys | undefined;
}

async function askToCreate(
  world: World,
  work: Work,
  prompt: Prompt,
  { size, region, account, label, domain, keys }: Draft,
): Promise<void> {
  say(world, `Size: ${sizeText(size)}, $${size.priceMonthlyUsd} a month.`);
  say(world, `Image: ${work.environment.offer.imageTitle}.`);
  say(world, `Region: ${region.name} (${region.slug}). Account: ${account}.`);
  if (domain !== undefined) say(world, `Domain: ${domain}.`);
  if (keys !== undefined) for (const line of keysStayLines(keys.keys)) work.face.say(line);
  await askToAgree(`Type yes to create ${label} (Enter cancels): `, 'yes', WIZARD_HELP.create, {
    ask: (question, asking) => prompt.ask(question, asking),
    say: (line) => say(world, line),
  });
}

/** Asks for a token, and saves one that is typed once it proved usable. */
async function askToken(
  work: Work,
  prompt: Prompt,
): Promise<{ readonly typedToken: string | undefined; readonly email: string }> {
  const { secret: known } = await findToken(work);
  const { environment } = work.suppliedTokens;
  const origin = environment === undefined ? work.keystore.title : ENV.cloudToken;
  const typed = await prompt.askSecret(
    known === undefined
      ? 'DigitalOcean API token (not shown): '
      : `DigitalOcean API token (Enter to use the one in ${origin}): `,
    { help: WIZARD_HELP.token },
  );
  if (typed === '' && known === undefined)
    throw new InputError({ code: 'token-missing', message: 'Nothing was typed.' });
  const report = typed === '' ? await checkToken(work) : await saveToken(typed, work);
  requireUsableToken(report);
  sayReport(report, work);
  if (typed !== '') work.face.say(`Saved in ${work.keystore.title}.`, 'ok');
  if (typed !== '' && environment !== undefined)
    work.face.say(`Note: ${ENV.cloudToken} is still set, and is used instead of a stored one.`);
  return {
    typedToken: typed === '' ? undefined : typed,
    email: report.account?.email ?? 'unknown',
  };
}

function sayReport({ warnings, account, unverified }: TokenReport, { face }: Work): void {
  for (const { message } of warnings) face.say(`Note: ${message}`);
  const how = unverified.length === 0 ? 'valid' : 'accepted, its scopes are not verified';
  face.say(`Token is ${how}: ${account?.email ?? 'unknown'}.`);
}

/** Shows the sizes by price, and asks for one of them. */
async function askSize(
  world: World,
  work: Work,
  prompt: Prompt,
  sizes: readonly Size[],
): Promise<Size> {
  for (const line of tableLines(sizeTable(sizes), true)) say(world, line);
  const { sizeSlug } = work.environment.offer;
  return await untilValid(world, async () => {
    const typed = await prompt.ask(`Size (Enter for ${sizeSlug}): `, { help: WIZARD_HELP.size });
    return requireSize(typed === '' ? sizeSlug : typed, sizes);
  });
}

/** Shows the regions by latency, and asks for one of them. */
async function askRegion(
  world: World,
  work: Work,
  prompt: Prompt,
  offered: readonly Region[],
): Promise<Region> {
  say(world, `Measuring the latency of ${offered.length} regions.`);
  const measured = await measuredRegions(offered, work);
  for (const line of tableLines(regionTable(measured), true)) say(world, line);
  const regions = measured.map(([region]) => region);
  return await untilValid(world, async () =>
    requireRegion(
      await prompt.ask(`Region (Enter for ${regions[0]!.slug}): `, { help: WIZARD_HELP.region }),
      regions,
    ),
  );
}

async function askLabel(work: Work, prompt: Prompt, region: string): Promise<string> {
  const suggested = await chooseLabel(work, region, undefined);
  const typed = await prompt.ask(`Label (Enter for ${suggested}): `, { help: WIZARD_HELP.label });
  return typed === '' ? suggested : await chooseLabel(work, region, typed);
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
