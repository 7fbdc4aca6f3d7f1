// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <memory>

namespace loquat {

/// The right to be the only journal in a data folder, held as long as this object lives. The kernel's lock on
/// an open file (flock), not a file with a process id: it ends with the process however that ends, and a
/// container whose every process is number 1 cannot lock itself out.
class FolderLock
{
public:
    /// Creates the folder if need be. Errors: store_unwritable, store_in_use.
    static Expected<std::unique_ptr<FolderLock>> take(const QString &folder);
    ~FolderLock();
    Q_DISABLE_COPY_MOVE(FolderLock)

private:
    explicit FolderLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }

    int m_descriptor;
};

} // namespace loquat
