/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  refused: 2,
  /** 128 + 2: Ctrl-C or Ctrl-D at a question. */
  interrupted: 130,
  /** Added to the number of the signal that ended it, as a shell reports it. */
  bySignal: 128,
} as const;

/** Exit codes as they are documented, one row each. */
export const EXIT_CODES: readonly (readonly [codes: string, meaning: string])[] = [
  [`${EXIT.done}`, 'Done; the server is online, or what was asked for is removed.'],
  [
    `${EXIT.failed}`,
    'It failed, or something needs attention: the last lines say what, and what to do next.',
  ],
  [`${EXIT.refused}`, 'The command line, an answer or a setting was refused.'],
  [
    `129, ${EXIT.interrupted}, 131, 143`,
    'Ended by SIGHUP, SIGINT, SIGQUIT or SIGTERM. A provisioning continues, unless --foreground was given.',
  ],
];
