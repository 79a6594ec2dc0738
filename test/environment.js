const asyncHooks = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/**
 * Owns the context in which Jest runs a test. Since 30.5 Jest keeps there, in an AsyncLocalStorage, which test it is, to
 * tell tests that run at once apart. Up to Node 22 one storage in use slows every promise of the process down, by a sixth
 * of the time of tests of the language and the engine. No file here has tests that run at once, so a variable does.
 *
 * Only Jest gets it: code under test loads later, and finds Node's own.
 */
class OneTestAtATime extends TestEnvironment {
  #own = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage');

  constructor(config, context) {
    super(config, context);
    // From Node 22 on it has a getter alone.
    Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { ...KIND, value: Variable });
  }

  /** 'setup' is the first thing that Jest says once it has loaded itself. */
  handleTestEvent({ name }) {
    if (name === 'setup') Object.defineProperty(asyncHooks, 'AsyncLocalStorage', this.#own);
  }
}

const KIND = { configurable: true, enumerable: true, writable: true };

/** As much of an AsyncLocalStorage as Jest uses, for calls of which none begins while another one is under way, but inside it. */
class Variable {
  #value;

  getStore() {
    return this.#value;
  }

  run(value, callback) {
    const outer = this.#value;
    const leave = () => {
      this.#value = outer;
    };
    this.#value = value;
    const answer = callback();
    answer.then(leave, leave);
    return answer;
  }
}

module.exports = OneTestAtATime;
