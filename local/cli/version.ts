import { version } from '../../package.json';

/** 'stepwright 0.1.0' */
export const VERSION = `stepwright ${version}`;
