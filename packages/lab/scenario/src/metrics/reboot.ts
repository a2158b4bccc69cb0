import { defineMetric } from "./metric.ts";

export const rebootedAtUs = defineMetric({
  key: "rebootedAtUs",
  title: "Went down at",
  about: "When the machine first went down",
  group: "reboot",
  unit: "time",
  shared: false,
  expect: false,
  of: (view) => view.downAtUs,
  fleet: { of: (counts) => counts.downUs },
});

export const stackUpAtUs = defineMetric({
  key: "stackUpAtUs",
  title: "Stack up again at",
  about: "When its TCP/IP stack was up again",
  group: "reboot",
  unit: "time",
  shared: false,
  expect: false,
  of: (view) => {
    const down = view.downAtUs;
    return down === null ? null : view.stackUpAfter(down);
  },
  fleet: { of: (counts) => counts.stackUpUs },
});
