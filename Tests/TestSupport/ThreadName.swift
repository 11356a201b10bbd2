import Foundation

/// What the thread is called that this is called from.
public func threadName() -> String {
    #if os(Linux)
        let line = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return line?.trimmingCharacters(in: .newlines) ?? ""
    #else
        var name = [CChar](repeating: 0, count: 64)
        pthread_getname_np(pthread_self(), &name, name.count)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #endif
}
