/** A version of a layer as a function has it. */
export interface FunctionLayer {
  readonly arn: string;
  /** The layer, unpacked; undefined when it is not here. */
  readonly directory: string | undefined;
  /** Bytes, unpacked. */
  readonly size: number | undefined;
}

/** A function as it is deployed: what CloudFormation says of it, its code as a directory on this machine. */
export interface FunctionSpec {
  readonly name: string;
  /** The asset's directory, unpacked; never written to. */
  readonly codeDirectory: string;
  /** As in CloudFormation: 'index.handler'. */
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** 'x86_64' by default, as on AWS. */
  readonly architecture?: 'arm64' | 'x86_64';
  readonly reservedConcurrency?: number;
  /** In the order of the configuration: of what several have, the last one's is used. */
  readonly layers?: readonly FunctionLayer[];
  readonly roleArn: string;
  /** Name of the log group; '/aws/lambda/<name>' by default on AWS. */
  readonly logGroup: string;
}
