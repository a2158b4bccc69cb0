/**
 * What electron-builder takes from the environment; everything else is in electron-builder.yml. Nothing is set: packages are unsigned, and never ask
 * for updates.
 *
 * - PUSHBACK_UPDATE_URL: where newer versions lie, an https address. The app asks there only for users who switch it on.
 * - CSC_LINK, CSC_KEY_PASSWORD: certificate that signs for macOS; WIN_CSC_LINK, WIN_CSC_KEY_PASSWORD: the one for Windows.
 * - APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER, or APPLE_ID, APPLE_APP_SPECIFIC_PASSWORD, APPLE_TEAM_ID: notarisation by Apple.
 */
const { PUSHBACK_UPDATE_URL: updates, APPLE_API_KEY, APPLE_ID } = process.env;
if (updates !== undefined && !updates.startsWith("https://")) throw new Error("PUSHBACK_UPDATE_URL: takes an https address");

export default {
  extends: "electron-builder.yml",
  publish: updates === undefined ? null : [{ provider: "generic", url: updates }],
  mac: { notarize: (APPLE_API_KEY ?? APPLE_ID) !== undefined },
};
