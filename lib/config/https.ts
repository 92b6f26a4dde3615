import { z } from 'zod';
import { text } from './values';

/**
 * HTTPS at a domain name of yours, which leads to the load balancer by a record of yours; HTTP is redirected there.
 */
export interface Https {
  /** The domain name at which users and the pipeline's tests reach the environment. The certificate has to be for it. */
  readonly domainName: string;

  /** ARN of its certificate in AWS Certificate Manager, in the environment's own account and region. */
  readonly certificate: string;
}

const CERTIFICATE = /^arn:aws[a-z-]*:acm:[a-z]{2}(-[a-z]+)+-\d+:\d{12}:certificate\/[0-9a-f-]{36}$/;

export const https: z.ZodType<Https> = z.strictObject(
  {
    domainName: text(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'a domain name in lower case, such as harbor.example.com',
    ),
    certificate: text(CERTIFICATE, 'the ARN of a certificate in AWS Certificate Manager'),
  },
  'an object with domainName and certificate',
);

/** What is wrong with a certificate of an environment in that account and region, as far as they are known. */
export function misplacedCertificate(
  { certificate }: Https,
  { account, region }: { readonly account?: string; readonly region?: string },
): string | undefined {
  const [, , , certificateRegion, certificateAccount] = certificate.split(':');
  if (region && certificateRegion !== region)
    return `the ARN of a certificate in ${region}, the region of the environment`;
  if (account && certificateAccount !== account)
    return `the ARN of a certificate in ${account}, the account of the environment`;
  return undefined;
}
