import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { ApiCall, ApiRetry, DigitalOceanApi } from '../../../src/services/digitalocean/api.js';
import { ApiError } from '../../../src/services/digitalocean/api-error.js';
import {
  createDigitalOcean,
  type DigitalOceanOptions,
} from '../../../src/services/digitalocean/client.js';
import { FakeClock } from './fake-clock.js';
import { ScriptedApi } from './scripted-api.js';

export const TOKEN = `dop_v1_${'5ec7e7'.repeat(10)}0123`;

export interface Client {
  readonly api: DigitalOceanApi;
  readonly clock: FakeClock;
  readonly calls: ApiCall[];
  readonly retries: ApiRetry[];
}

/** One scripted API for a file; after each test nothing may have broken DigitalOcean's document. */
export function useScriptedApi(): { readonly server: ScriptedApi } {
  let server: ScriptedApi | undefined;
  beforeAll(async () => {
    server = await ScriptedApi.start();
  });
  beforeEach(() => {
    server!.received.length = 0;
    server!.violations.length = 0;
  });
  afterEach(() => expect(server!.violations).toEqual([]));
  afterAll(async () => await server!.stop());
  return {
    get server() {
      return server!;
    },
  };
}

export function connect(baseUrl: string, options: Partial<DigitalOceanOptions> = {}): Client {
  const clock = new FakeClock();
  const api = createDigitalOcean({ baseUrl, token: TOKEN, clock, random: () => 1, ...options });
  const calls: ApiCall[] = [];
  const retries: ApiRetry[] = [];
  api.onCall((call) => calls.push(call));
  api.onRetry((retry) => retries.push(retry));
  return { api, clock, calls, retries };
}

/** The ApiError with which a call fails; any other outcome fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const outcome = await call.then(
    (value) => value,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ApiError);
  return outcome as ApiError;
}
