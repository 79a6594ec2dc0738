/** The one account and region that a local cloud plays, and the keys that its callers sign with. */
export interface Identity {
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
