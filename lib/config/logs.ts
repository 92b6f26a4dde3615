import { z } from 'zod';

/** Retentions of CloudWatch Logs, in days. @see CloudWatch Logs API: PutRetentionPolicy */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const allowed = `one of ${RETENTIONS.join(', ')}`;

export const logRetentionDays = z.number(allowed).refine((days) => RETENTIONS.includes(days), allowed);
