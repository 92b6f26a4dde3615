/**
 * How the alarms of a release are evaluated: one goes off when two of three minutes breach, so it takes three minutes to
 * be sure that none does.
 */
export const ALARM_EVALUATION = { periodMinutes: 1, evaluationPeriods: 3, datapointsToAlarm: 2 };

/** Minutes after which a release that sets off an alarm has done so. */
export const MINUTES_TO_ALARM = ALARM_EVALUATION.periodMinutes * ALARM_EVALUATION.evaluationPeriods;
