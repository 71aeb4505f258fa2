export { type McpClient, type McpToolDefinition, type McpToolsOptions, mcpTools } from './mcpTools.js';
