/** An event on a bus, in EventBridge's envelope. */
export interface AwsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  /** `aws.codepipeline`, or a name of the sender's own. */
  readonly source: string;
  readonly account: string;
  /** AWS time, ISO 8601 with seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface NewEvent {
  /** As AWS names it, `aws.codepipeline`. */
  readonly source: string;
  readonly detailType: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
