/** The engine's version: it goes into every comparison and capture, so that a result can be repeated. A test holds it equal to the workspace's. */
export const ENGINE_VERSION = "0.1.0";
