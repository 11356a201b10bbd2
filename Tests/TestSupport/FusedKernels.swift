import CKernels

/// Whether the kernels in use multiply and add in one rounding, as those did that digests were taken of: kernels that round
/// more often come to other figures.
public var kernelsAreFused: Bool { String(cString: inkling_kernels_name()) != "portable" }
