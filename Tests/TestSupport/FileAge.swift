import Foundation

/// How long ago a file was changed, in seconds.
public func age(ofFile path: String) throws -> Double {
    let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    return -(date ?? .distantPast).timeIntervalSinceNow
}

/// Makes a file look as if it had been changed so many seconds ago.
public func setAge(ofFile path: String, _ seconds: Double) throws {
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
}
