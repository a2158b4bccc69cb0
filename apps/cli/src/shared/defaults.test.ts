import { EPM_PORT } from "@pushback/dcerpc";
import { DEFAULT_MAIL as SCENARIO_MAIL } from "@pushback/scenario";
import { DEFAULT_SETTINGS } from "@pushback/server/settings";
import { expect, it } from "vitest";
import { DEFAULT_EPM_PORT, DEFAULT_MAIL } from "./defaults.ts";

it("the command line's defaults are those of the packages that own them", () => {
  expect([DEFAULT_EPM_PORT, DEFAULT_SETTINGS.endpointMapperPort]).toEqual([EPM_PORT, EPM_PORT]);
  expect(SCENARIO_MAIL).toMatchObject(DEFAULT_MAIL);
});
