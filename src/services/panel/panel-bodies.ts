import { z } from 'zod';

/*
 * Answers of the panel, read at the edge: a field that is missing becomes undefined, one that is new is ignored, and
 * a state that is unknown stays a text.
 */

export const text = z.string().optional().catch(undefined);
export const flag = z.boolean().catch(false);
export const texts = z.array(z.string()).catch([]);

/** States this program knows; any other is shown as it is. */
export type OnboardingStatus =
  'FRESH' | 'DOMAIN_SET' | 'DNS_READY' | 'PROVISIONING' | 'COMPLETED' | (string & {});

export const ONBOARDING = z.object({
  status: z.custom<OnboardingStatus>((value) => typeof value === 'string'),
  domain: z
    .string()
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
  ip: text,
});

/** Progress of setting up a panel. */
export type Onboarding = z.output<typeof ONBOARDING>;

export const DNS_REPORT = z.object({
  ok: flag,
  resolvedIps: texts,
  expectedIp: text,
  wildcardOk: flag,
  wildcardResolvedIps: texts,
  message: text,
});

/** The panel's own look at the domain and its wildcard. */
export type DnsReport = z.output<typeof DNS_REPORT>;

/** The admin of Authelia, as only the stream says it. */
const RESULT = z.object({
  adminUsername: z.string().catch('admin'),
  adminPassword: z.string().min(1),
  panelUrl: text,
  authUrl: text,
});

const TASK_STATUS = z.enum(['pending', 'running', 'done', 'error']).catch('pending');

const STREAM_STATE = z.object({
  type: z.literal('state'),
  isRunning: z.boolean(),
  tasks: z
    .array(
      z.object({
        id: z.string(),
        title: text,
        status: TASK_STATUS,
        message: z.string().nullish().catch(undefined),
      }),
    )
    .catch([]),
  error: z
    .object({ task: z.string().catch('unknown'), message: z.string().catch('no reason given') })
    .nullish()
    .catch(undefined),
  result: RESULT.nullish().catch(undefined),
});

const STREAM_NEWS = z.object({
  task: z.string(),
  title: text,
  status: TASK_STATUS,
  message: text,
  error: text,
  result: RESULT.nullish().catch(undefined),
  progress: z.object({ current: z.number(), total: z.number() }).optional().catch(undefined),
});

/** First message of the stream: tells a late joiner everything but the time. */
export type ProvisionState = z.output<typeof STREAM_STATE>;
/** One later message of the stream. */
export type ProvisionNews = z.output<typeof STREAM_NEWS>;
export type ProvisionMessage = ProvisionState | ProvisionNews;

/** Undefined for a message that this program does not know. */
export function readMessage(data: string): ProvisionMessage | undefined {
  const value = parseJson(data);
  return STREAM_STATE.safeParse(value).data ?? STREAM_NEWS.safeParse(value).data;
}

export function parseJson(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

const COUNTED = z.object({ total: z.number(), used: z.number() }).optional().catch(undefined);

export const STATS = z.object({
  cpu: z.object({ usage: z.number() }).optional().catch(undefined),
  memory: COUNTED,
  disk: COUNTED,
  uptime: z.number().optional().catch(undefined),
});

/** Percent, bytes, seconds; what a panel leaves out is undefined. */
export type PanelStats = z.output<typeof STATS>;

export const SERVICES = z.object({
  services: z.array(
    z.object({
      name: z.string(),
      status: z.string().catch('unknown'),
      uptime: z.string().nullish().catch(undefined),
    }),
  ),
});

export type PanelService = z.output<typeof SERVICES>['services'][number];

export const CERTIFICATES = z.object({
  certs: z.array(
    z.object({
      type: z.string(),
      domain: z.string().nullish().catch(undefined),
      expiresAt: z.string(),
    }),
  ),
});

export type PanelCertificate = z.output<typeof CERTIFICATES>['certs'][number];

export const ROTATION = z.object({ p12Password: z.string().min(1), expiresAt: text });
export const AUTH_MODE = z.object({ adminAuthMode: z.string() });
/** The certificate as PEM. */
export const BOUND = z.object({ cert: z.string().startsWith('-----BEGIN CERTIFICATE-----') });
export const TOTP = z.object({ totpUri: z.string().startsWith('otpauth://') });
export const AUTO_RENEWAL = z.object({ active: flag, nextRun: z.string().nullish() });
export const HEALTH = z.object({ version: text });
