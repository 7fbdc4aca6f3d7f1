// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/folder_lock.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<std::unique_ptr<FolderLock>> FolderLock::take(const QString &folder)
{
    const auto unwritable = [&](const QString &why) {
        return Error{
            u"store_unwritable"_s, u"The data folder %1 cannot be written: %2."_s.arg(folder, why),
            u"Make it writable for the user that Loquat runs as, or choose another with --data-dir."_s,
            false};
    };
    errno = 0;
    if (!QDir().mkpath(folder))
        return unwritable(errno != 0 ? QString::fromLocal8Bit(std::strerror(errno))
                                     : u"it is not a folder"_s);

    const auto file = QFile::encodeName(QDir(folder).filePath(u"loquat.lock"_s));
    // Close on exec: a tool's process that outlives Loquat must not keep the lock.
    const int descriptor = ::open(file.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return unwritable(QString::fromLocal8Bit(std::strerror(errno)));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        ::close(descriptor);
        if (reason != EWOULDBLOCK)
            return unwritable(QString::fromLocal8Bit(std::strerror(reason)));
        return Error{u"store_in_use"_s, u"Another Loquat already uses the data folder %1."_s.arg(folder),
                     u"Stop it, or give this one a folder of its own with --data-dir."_s, false};
    }
    return std::unique_ptr<FolderLock>(new FolderLock(descriptor));
}

FolderLock::~FolderLock()
{
    ::close(m_descriptor);
}

} // namespace loquat
