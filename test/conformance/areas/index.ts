import type { Case } from '../case';
import { api } from './api';
import { activities, callbacks } from './callbacks';
import { choice } from './choice';
import { contextObject } from './context-object';
import { express } from './express';
import { inputOutput } from './input-output';
import { integrations } from './integrations';
import { intrinsicFunctions } from './intrinsic-functions';
import { jsonataCases } from './jsonata';
import { map } from './map';
import { mapDistributed } from './map-distributed';
import { parallel } from './parallel';
import { retryCatch } from './retry-catch';
import { timeouts } from './timeouts';
import { variables } from './variables';
import { wait } from './wait';

/** All cases, by area. */
export const AREAS: Readonly<Record<string, readonly Case[]>> = {
  Choice: choice,
  'Input and output': inputOutput,
  'Intrinsic functions': intrinsicFunctions,
  'Context object': contextObject,
  JSONata: jsonataCases,
  Variables: variables,
  'Retry and Catch': retryCatch,
  Wait: wait,
  Parallel: parallel,
  'Map, inline': map,
  'Map, distributed': mapDistributed,
  'Callbacks with a task token': callbacks,
  Activities: activities,
  'Timeouts and heartbeats': timeouts,
  'Service integrations': integrations,
  Express: express,
  API: api,
};
