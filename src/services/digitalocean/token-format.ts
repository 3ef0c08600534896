import { InputError } from '../../core/errors.js';
import { TOKENS_PAGE } from '../../core/product.js';

export interface TokenFormatProblem {
  /** Problem in one sentence; never a part of the token. */
  readonly message: string;
  readonly hint: string;
}

const TOKEN = /^do[a-z]_v\d_[0-9a-f]{64}$/;
/** Tokens made before 2021 have no prefix. */
const OLD_TOKEN = /^[0-9a-f]{64}$/;
const TOKEN_LENGTH = 71;
const COPY_AGAIN = `Copy it again at ${TOKENS_PAGE}. It begins with dop_v1_ and has 71 characters.`;

interface Rule {
  readonly applies: (token: string) => boolean;
  readonly message: string;
  readonly hint?: string;
}

/** First match counts. */
const RULES: readonly Rule[] = [
  { applies: (token) => token === '', message: 'The token is empty.' },
  {
    applies: (token) => /^bearer\b/i.test(token) || /^authorization\b/i.test(token),
    message: 'This is a whole header, not only the token.',
    hint: 'Leave out "Authorization:" and "Bearer", and keep what begins with dop_v1_.',
  },
  {
    applies: (token) => /^(export\s+)?[A-Z_]+=/.test(token),
    message: 'This is an assignment, not only the token.',
    hint: 'Keep what is behind the "=".',
  },
  {
    applies: (token) => /^["'`“”‘’].*|.*["'`“”‘’]$/s.test(token),
    message: 'The token is in quotes.',
    hint: 'Leave out the quotes.',
  },
  {
    applies: (token) => /\s/.test(token),
    message: 'The token contains a space or a line break.',
  },
  {
    applies: (token) => /[^\x21-\x7e]/.test(token),
    message: 'The token contains a character that no token has.',
  },
  {
    applies: (token) => /^dor_v\d_/.test(token),
    message: 'This is a refresh token, which cannot be used for the API.',
  },
  {
    applies: (token) => /^DO[0-9A-Z]{18}$/.test(token),
    message: 'This is an access key for Spaces, not an API token.',
  },
  {
    applies: (token) => FOREIGN.test(token),
    message: 'This looks like the token of another provider, not of DigitalOcean.',
  },
  {
    applies: (token) => /^do[a-z]_v\d_/.test(token) && token.length < TOKEN_LENGTH,
    message: 'The token is too short: a part of it is missing.',
  },
  {
    applies: (token) => /^do[a-z]_v\d_/.test(token) && token.length > TOKEN_LENGTH,
    message: 'The token is too long: something was pasted with it.',
  },
];

/** GitHub, GitLab, Slack, OpenAI and others, AWS, Google, npm, Docker, SendGrid, Stripe, Vultr-like UUIDs, JWT. */
const FOREIGN =
  /^(gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|sk-|AKIA|ASIA|AIza|ya29\.|npm_|dckr_|SG\.|[prs]k_(live|test)_|hf_|eyJ|[0-9a-f]{8}-[0-9a-f]{4}-)/;

/** Why this cannot be a token of DigitalOcean, without asking anyone; undefined when it can be one. */
export function tokenFormatProblem(token: string): TokenFormatProblem | undefined {
  if (TOKEN.test(token) && !token.startsWith('dor_')) return undefined;
  if (OLD_TOKEN.test(token)) return undefined;
  const rule = RULES.find(({ applies }) => applies(token));
  return {
    message: rule?.message ?? 'This does not look like a token of DigitalOcean.',
    hint: rule?.hint ?? COPY_AGAIN,
  };
}

/** The token without white space around it, or an InputError (`token-malformed`) that does not contain it. */
export function requireTokenFormat(entered: string): string {
  const token = entered.trim();
  const problem = tokenFormatProblem(token);
  if (problem === undefined) return token;
  throw new InputError({ code: 'token-malformed', ...problem });
}
