import type { DeliveryDescription } from './lib/config/description';

/** The one file you edit: your service, and the environments its releases pass through, in order. */
export const delivery: DeliveryDescription = {
  service: 'harbor',
  environments: [
    { name: 'beta', capacity: { min: 2, max: 2 }, bakeMinutes: 5 },
    { name: 'prod', capacity: { min: 3, max: 3 }, bakeMinutes: 15 },
  ],
};
