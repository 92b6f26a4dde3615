/**
 * A bucket's properties in CloudFormation's names, turned into what the bucket's own operations take and return.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
 * @returns configurations by the name that their operations have; undefined where the template gives none
 */
export function configurationsOf(bucket: string, properties: any): Record<string, unknown> {
  const { BucketEncryption, LifecycleConfiguration, CorsConfiguration, LoggingConfiguration } = properties;
  return {
    BucketEncryption: BucketEncryption && {
      Rules: BucketEncryption.ServerSideEncryptionConfiguration.map(encryptionRule),
    },
    BucketLifecycleConfiguration: LifecycleConfiguration && {
      Rules: LifecycleConfiguration.Rules.map(lifecycleRule),
    },
    BucketCors: CorsConfiguration && { CORSRules: CorsConfiguration.CorsRules.map(corsRule) },
    BucketLogging: LoggingConfiguration && {
      LoggingEnabled: {
        TargetBucket: LoggingConfiguration.DestinationBucketName ?? bucket,
        TargetPrefix: LoggingConfiguration.LogFilePrefix ?? '',
      },
    },
    PublicAccessBlock: properties.PublicAccessBlockConfiguration,
    BucketOwnershipControls: properties.OwnershipControls,
    BucketNotificationConfiguration: properties.NotificationConfiguration?.EventBridgeConfiguration && {
      EventBridgeConfiguration: {},
    },
  };
}

function encryptionRule({ ServerSideEncryptionByDefault, ...rule }: any) {
  return { ...rule, ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault };
}

function lifecycleRule(rule: any) {
  const { Id, Prefix = '', ExpirationInDays, ExpirationDate, ExpiredObjectDeleteMarker, ...same } = rule;
  const expires = ExpirationInDays ?? ExpirationDate ?? ExpiredObjectDeleteMarker;
  return {
    ...same,
    ID: Id,
    Filter: { Prefix },
    Expiration:
      expires === undefined
        ? undefined
        : { Days: ExpirationInDays, Date: ExpirationDate, ExpiredObjectDeleteMarker },
  };
}

function corsRule({ Id, MaxAge, ExposedHeaders, ...same }: any) {
  return { ...same, ID: Id, MaxAgeSeconds: MaxAge, ExposeHeaders: ExposedHeaders };
}
