// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

namespace loquat {

/// knowledge_base_lookup: a few articles to answer from.
class KnowledgeBase final : public Tool
{
public:
    KnowledgeBase();
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;

private:
    const ToolSpec m_spec;
};

} // namespace loquat
