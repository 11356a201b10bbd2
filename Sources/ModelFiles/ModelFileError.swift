import Files

/// Why a model cannot be read or written.
public typealias ModelFileError = FileError
