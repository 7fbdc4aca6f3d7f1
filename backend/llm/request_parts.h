// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

/// What the requests of several providers are made of.
namespace loquat::request_parts {

/// All that the system said, in order, for a provider that takes it only ahead of the conversation.
QString systemText(const ChatRequest &request);
/// The arguments of a call as an object. A history that holds rubbish from an earlier turn must not make a
/// provider refuse this one.
QJsonObject argumentsOf(const ToolCall &call);
/// The same as text.
QString argumentsText(const ToolCall &call);

} // namespace loquat::request_parts
