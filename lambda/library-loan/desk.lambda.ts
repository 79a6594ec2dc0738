import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem, type Response } from '../shared/http';
import { log } from '../shared/log';
import { putItem, restoreItem, showItem } from './desk/catalogue';
import { cancel, lend, show } from './desk/lending';
import { list } from './desk/listing';
import { cancelHold, listHolds, placeHold } from './desk/queue';

/** The library's desk: every route of its API (docs/library-api.openapi.json), and how failures are told. */
export const routes: Readonly<Record<string, (event: APIGatewayProxyEventV2) => Promise<Response>>> = {
  'POST /loans': lend,
  'GET /loans': list,
  'GET /loans/{loanId}': show,
  'POST /loans/{loanId}/cancel': cancel,
  'PUT /items/{itemId}': putItem,
  'GET /items/{itemId}': showItem,
  'POST /items/{itemId}/restore': restoreItem,
  'POST /items/{itemId}/holds': placeHold,
  'GET /items/{itemId}/holds': listHolds,
  'DELETE /items/{itemId}/holds/{holdId}': cancelHold,
};

export async function handler(event: APIGatewayProxyEventV2): Promise<Response> {
  try {
    const route = routes[event.routeKey];
    if (!route) throw new Problem(404, 'Not found', 'There is nothing here.');
    return await route(event);
  } catch (error) {
    if (error instanceof Problem) return error.response;
    log.error('desk request failed', { route: event.routeKey, error });
    return new Problem(503, 'Not now', 'The library cannot do this at the moment. Nothing was changed; try again.')
      .response;
  }
}
