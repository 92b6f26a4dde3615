import type { ResourceProvider } from '../service';
import type { Certificates } from './certificates';

interface Properties {
  readonly DomainName: string;
  readonly SubjectAlternativeNames?: readonly string[];
}

/** A certificate of AWS Certificate Manager, issued as soon as it is requested. */
export function certificate(certificates: Certificates): ResourceProvider<Properties> {
  return {
    type: 'AWS::CertificateManager::Certificate',
    disposition: 'modelled',
    properties: {
      DomainName: 'executed',
      SubjectAlternativeNames: 'executed',
      ValidationMethod: 'modelled',
      DomainValidationOptions: 'modelled',
      KeyAlgorithm: 'recorded',
      CertificateTransparencyLoggingPreference: 'recorded',
      Tags: 'recorded',
    },
    async create({ DomainName, SubjectAlternativeNames = [] }) {
      const { arn } = await certificates.request([...new Set([DomainName, ...SubjectAlternativeNames])]);
      return { physicalId: arn, attributes: { CertificateArn: arn } };
    },
    async update(physicalId) {
      return { physicalId, attributes: { CertificateArn: physicalId } };
    },
    async delete(physicalId) {
      certificates.delete(physicalId);
    },
  };
}
